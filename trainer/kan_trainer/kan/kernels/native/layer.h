// One layer, forward and backward: of each weight only the ORDER + 2 rows are read that an input meets.
//
// y[b][o] = bias[o] + sum over i and r of met(x[b][i])[r] * W[i][first + r][o], the base's row last. Outputs lie side by
// side in memory and are served in blocks that stay in registers.
#pragma once
#include <algorithm>
#include <vector>

#include "basis.h"
#include "threads.h"

namespace kan {

struct Layer {
    const real *weight, *bias;  // [inputs][grid_size + ORDER + 1][outputs], [outputs] or null
    int64_t inputs, outputs;
    Spline spline;

    int64_t rows() const { return spline.grid_size + ORDER + 1; }
    int64_t size() const { return inputs * rows() * outputs; }
};

constexpr int TILE_INPUTS = 16;   // their rows stay in the cache while the samples of a tile pass
constexpr int TILE_CELLS = 512;   // inputs times samples
constexpr int SAMPLES = 64;       // of a share of the work
constexpr int64_t WORTH_A_THREAD = 100000;  // multiplications

/// A few inputs of a few samples, and what they meet.
struct Tile {
    alignas(64) real x[TILE_CELLS + LANES], met[ROWS * (TILE_CELLS + LANES)];
    int32_t first[TILE_CELLS + LANES];
    static constexpr int STRIDE = TILE_CELLS + LANES;

    template <bool slope>
    void fill(const Layer& layer, const real* from, int64_t samples, int64_t begin, int inputs) {
        const real* row = from + begin;
        for (int64_t b = 0; b < samples; ++b, row += layer.inputs)
            if (inputs == TILE_INPUTS)
                __builtin_memcpy(x + b * TILE_INPUTS, row, TILE_INPUTS * sizeof(real));  // of a known size: no call
            else
                std::copy_n(row, inputs, x + b * inputs);
        const int count = int(samples) * inputs;
        std::fill_n(x + count, LANES, layer.spline.low);
        meet<slope>(layer.spline, x, count, met, STRIDE, first);
    }
};

/// Calls `block.operator()<V, n>(o, skip)` for all outputs, in blocks of n vectors V that begin at o, the widest first.
///
/// What is left at the end is the last of a block that begins earlier: its first `skip` outputs were served before.
template <int most, typename Block>
inline void in_blocks(int64_t outputs, Block&& block) {
    using Eight = Vector<LANES >= 8 ? 8 : LANES>::Type;
    using Four = Vector<LANES >= 4 ? 4 : LANES>::Type;
    int64_t o = 0;
    if constexpr (most >= 8)
        for (; o + 8 * LANES <= outputs; o += 8 * LANES) block.template operator()<Reals, 8>(o, 0);
    if constexpr (most >= 4)
        for (; o + 4 * LANES <= outputs; o += 4 * LANES) block.template operator()<Reals, 4>(o, 0);
    for (; o + 2 * LANES <= outputs; o += 2 * LANES) block.template operator()<Reals, 2>(o, 0);
    if constexpr (LANES > 8 && most >= 4)
        if (outputs - o == 24) return block.template operator()<Eight, 3>(o, 0);
    for (; o + LANES <= outputs; o += LANES) block.template operator()<Reals, 1>(o, 0);
    if constexpr (LANES > 8)
        for (; o + 8 <= outputs; o += 8) block.template operator()<Eight, 1>(o, 0);
    if constexpr (LANES > 4)
        for (; o + 4 <= outputs; o += 4) block.template operator()<Four, 1>(o, 0);
    constexpr int four = sizeof(Four) / sizeof(real);
    if (o < outputs && outputs >= four) return block.template operator()<Four, 1>(outputs - four, int(o + four - outputs));
    for (; o < outputs; ++o) block.template operator()<real, 1>(o, 0);
}

/// Stores a vector without its first lanes.
template <typename V>
inline void store_after(int skip, real* to, V value) {
    if (!skip) return store(to, value);
    real lanes[sizeof(V) / sizeof(real)];
    store(lanes, value);
    for (unsigned lane = skip; lane < sizeof(V) / sizeof(real); ++lane) to[lane] = lanes[lane];
}

/// Adds to the outputs of `samples` samples, which lie one after the other, what the inputs of a tile give.
///
/// The base's rows are the same for all of them, and loading is what takes the time.
template <int samples>
inline void forward_cells(const Layer& layer, const Tile& tile, int64_t cell, int inputs, const real* weight, real* out) {
    const int64_t outputs = layer.outputs, step = layer.rows() * outputs;
    in_blocks<samples == 1 ? 8 : 4>(outputs, [&]<typename V, int n>(int64_t o, int skip) {
        // An addition takes four cycles: where few sums go on side by side, each is split in several. How, must not
        // depend on `samples`: nothing shall depend on who is whose neighbour.
        constexpr int lanes = sizeof(V) / sizeof(real), chains = n >= 4 ? 1 : n > 1 ? 2 : 3;
        V sum[samples][chains][n] = {};
        for (int i = 0; i < inputs; ++i) {
            const real* met = tile.met + cell + i;
            const real* of_input = weight + i * step + o;
            for (int b = 0; b < samples; ++b) {
                const real* row = of_input + tile.first[cell + b * inputs + i] * outputs;
                for (int r = 0; r <= ORDER; ++r, row += outputs) {
                    const real factor = met[r * Tile::STRIDE + b * inputs];
                    for (int v = 0; v < n; ++v) sum[b][r % chains][v] += factor * load<V>(row + v * lanes);
                }
            }
            for (int v = 0; v < n; ++v) {
                const V base = load<V>(of_input + step - outputs + v * lanes);
                for (int b = 0; b < samples; ++b)
                    sum[b][(ROWS - 1) % chains][v] += met[(ROWS - 1) * Tile::STRIDE + b * inputs] * base;
            }
        }
        for (int b = 0; b < samples; ++b)
            for (int v = 0; v < n; ++v) {
                real* to = out + b * outputs + o + v * lanes;
                V total = load<V>(to);
                for (int chain = 0; chain < chains; ++chain) total += sum[b][chain][v];
                store_after(skip, to, total);
            }
    });
}

/// The outputs for some samples.
inline void forward_share(const Layer& layer, const real* x, real* y, int64_t samples) {
    Tile& tile = own<Tile>();
    const int64_t outputs = layer.outputs, step = layer.rows() * outputs;
    for (int64_t b = 0; b < samples; ++b)
        layer.bias ? std::copy_n(layer.bias, outputs, y + b * outputs) : std::fill_n(y + b * outputs, outputs, real(0));
    const int most = int(std::min<int64_t>(layer.inputs, TILE_INPUTS));
    const int64_t at_once = TILE_CELLS / most;
    for (int64_t b0 = 0; b0 < samples; b0 += at_once)
        for (int64_t i0 = 0; i0 < layer.inputs; i0 += most) {
            const int64_t count = std::min(at_once, samples - b0);
            const int inputs = int(std::min<int64_t>(most, layer.inputs - i0));
            tile.fill<false>(layer, x + b0 * layer.inputs, count, i0, inputs);
            const real* weight = layer.weight + i0 * step;
            int64_t b = 0;
            for (; b + 2 <= count; b += 2)
                forward_cells<2>(layer, tile, b * inputs, inputs, weight, y + (b0 + b) * outputs);
            if (b < count) forward_cells<1>(layer, tile, b * inputs, inputs, weight, y + (b0 + b) * outputs);
        }
}

/// The gradients of the inputs of a tile for `samples` samples, whose outputs' gradients lie one after the other.
template <int samples>
inline void input_gradient_cells(const Layer& layer, const Tile& tile, int64_t cell, int inputs, const real* weight,
                                 const real* gy, real* gx) {
    const int64_t outputs = layer.outputs, step = layer.rows() * outputs;
    Reals wide[samples][TILE_INPUTS] = {};
    in_blocks<4>(outputs, [&]<typename V, int n>(int64_t o, int skip) {
        constexpr int lanes = sizeof(V) / sizeof(real);
        V g[samples][n];
        for (int b = 0; b < samples; ++b) {
            for (int v = 0; v < n; ++v) g[b][v] = load<V>(gy + b * outputs + o + v * lanes);
            if constexpr (lanes > 1)
                for (int lane = 0; lane < skip; ++lane) g[b][0][lane] = 0;
        }
        for (int i = 0; i < inputs; ++i) {
            const real* met = tile.met + cell + i;
            const real* of_input = weight + i * step + o;
            V sum[samples][n];
            for (int v = 0; v < n; ++v) {
                const V base = load<V>(of_input + step - outputs + v * lanes);
                for (int b = 0; b < samples; ++b) sum[b][v] = met[(ROWS - 1) * Tile::STRIDE + b * inputs] * base;
            }
            for (int b = 0; b < samples; ++b) {
                const real* row = of_input + tile.first[cell + b * inputs + i] * outputs;
                for (int r = 0; r <= ORDER; ++r, row += outputs) {
                    const real factor = met[r * Tile::STRIDE + b * inputs];
                    for (int v = 0; v < n; ++v) sum[b][v] += factor * load<V>(row + v * lanes);
                }
                V total{};
                for (int v = 0; v < n; ++v) total += sum[b][v] * g[b][v];
                wide[b][i] += widened(total);
            }
        }
    });
    for (int b = 0; b < samples; ++b)
        for (int i = 0; i < inputs; i += LANES) {
            real sums[LANES];
            store(sums, sums_of(wide[b] + i));
            std::copy_n(sums, std::min(LANES, inputs - i), gx + b * layer.inputs + i);
        }
}

/// The gradient of the inputs of some samples.
inline void input_gradient_share(const Layer& layer, const real* x, const real* gy, real* gx, int64_t samples) {
    Tile& tile = own<Tile>();
    const int64_t outputs = layer.outputs, step = layer.rows() * outputs;
    const int most = int(std::min<int64_t>(layer.inputs, TILE_INPUTS));
    const int64_t at_once = TILE_CELLS / most;
    for (int64_t b0 = 0; b0 < samples; b0 += at_once)
        for (int64_t i0 = 0; i0 < layer.inputs; i0 += most) {
            const int64_t count = std::min(at_once, samples - b0);
            const int inputs = int(std::min<int64_t>(most, layer.inputs - i0));
            tile.fill<true>(layer, x + b0 * layer.inputs, count, i0, inputs);
            const auto cells = [&]<int together>(int64_t b) {
                input_gradient_cells<together>(layer, tile, b * inputs, inputs, layer.weight + i0 * step,
                                               gy + (b0 + b) * outputs, gx + (b0 + b) * layer.inputs + i0);
            };
            int64_t b = 0;
            for (; b + 2 <= count; b += 2) cells.template operator()<2>(b);
            if (b < count) cells.template operator()<1>(b);
        }
}

constexpr int CHUNK = 256;  // samples that are sorted by their interval at a time
constexpr int MAX_GRID = 1024;
constexpr int FEW = 8;

/// What all samples of a chunk meet at one input, ordered by interval.
struct Column {
    alignas(64) real x[CHUNK + LANES], met[ROWS * (CHUNK + LANES)];
    int32_t first[CHUNK + LANES], order[CHUNK], ends[MAX_GRID + 1];
    static constexpr int STRIDE = CHUNK + LANES;

    void fill(const Layer& layer, const real* from, int count) {
        for (int b = 0; b < count; ++b) x[b] = from[b * layer.inputs];
        std::fill_n(x + count, LANES, layer.spline.low);
        meet<false>(layer.spline, x, count, met, STRIDE, first);
        const int grid = layer.spline.grid_size;
        std::fill_n(ends, grid + 1, 0);
        for (int b = 0; b < count; ++b) ++ends[first[b] + 1];
        for (int interval = 0; interval < grid; ++interval) ends[interval + 1] += ends[interval];
        for (int b = 0; b < count; ++b) order[ends[first[b]]++] = b;  // leaves in ends[j] where interval j ends
    }
};

/// Adds to the gradient of one input's weight, [rows][outputs], what the samples of a chunk owe.
inline void weight_gradient_share(const Layer& layer, const real* x, const real* gy, real* gw, int count) {
    Column& column = own<Column>();
    constexpr int most = ROWS <= 5 ? 4 : 2;  // so that all sums stay in registers
    const int64_t outputs = layer.outputs;
    column.fill(layer, x, count);
    int begin = 0;
    for (int interval = 0; interval < layer.spline.grid_size; ++interval) {
        const int end = column.ends[interval];
        if (begin == end) continue;
        in_blocks<most>(outputs, [&]<typename V, int n>(int64_t o, int skip) {
            constexpr int lanes = sizeof(V) / sizeof(real);
            V sum[ROWS][n];
            real* to[ROWS];
            for (int r = 0; r < ROWS; ++r) {
                to[r] = gw + (r <= ORDER ? interval + r : layer.rows() - 1) * outputs + o;
                for (int v = 0; v < n; ++v) sum[r][v] = load<V>(to[r] + v * lanes);
            }
            for (int at = begin; at < end; ++at) {
                const int b = column.order[at];
                V g[n];
                for (int v = 0; v < n; ++v) g[v] = load<V>(gy + b * outputs + o + v * lanes);
                for (int r = 0; r < ROWS; ++r)
                    for (int v = 0; v < n; ++v) sum[r][v] += column.met[r * Column::STRIDE + b] * g[v];
            }
            for (int r = 0; r < ROWS; ++r)
                for (int v = 0; v < n; ++v) store_after(skip, to[r] + v * lanes, sum[r][v]);
        });
        begin = end;
    }
}

/// The same for so few samples that sorting them is not worth it.
inline void weight_gradient_of_few(const Layer& layer, const real* x, const real* gy, real* gw, int64_t samples) {
    Tile& tile = own<Tile>();
    const int64_t outputs = layer.outputs, step = layer.rows() * outputs;
    const int most = int(std::min<int64_t>(layer.inputs, TILE_INPUTS));
    for (int64_t i0 = 0; i0 < layer.inputs; i0 += most) {
        const int inputs = int(std::min<int64_t>(most, layer.inputs - i0));
        tile.fill<false>(layer, x, samples, i0, inputs);
        std::fill_n(gw + i0 * step, inputs * step, real(0));
        for (int64_t b = 0; b < samples; ++b)
            for (int i = 0; i < inputs; ++i) {
                const real* met = tile.met + b * inputs + i;
                real* of_input = gw + (i0 + i) * step;
                for (int r = 0; r < ROWS; ++r) {
                    real* to = of_input + (r <= ORDER ? tile.first[b * inputs + i] + r : layer.rows() - 1) * outputs;
                    const real factor = met[r * Tile::STRIDE];
                    for (int64_t o = 0; o < outputs; ++o) to[o] += factor * gy[b * outputs + o];
                }
            }
    }
}

inline int worth(int64_t multiplications, int threads) {
    return int(std::min<int64_t>(threads, 1 + multiplications / WORTH_A_THREAD));
}

/// The gradients that are not null.
inline void backward(const Layer& layer, const real* x, const real* gy, real* gx, real* gw, real* gb, int64_t batch,
                     int threads) {
    const int64_t cost = batch * layer.inputs * layer.outputs * ROWS;
    if (gx)
        Pool::shared().run((batch + SAMPLES - 1) / SAMPLES, worth(cost, threads), [&](int64_t share) {
            const int64_t begin = share * SAMPLES, count = std::min<int64_t>(SAMPLES, batch - begin);
            input_gradient_share(layer, x + begin * layer.inputs, gy + begin * layer.outputs, gx + begin * layer.inputs,
                                 count);
        });
    if (gw && batch <= FEW) {
        weight_gradient_of_few(layer, x, gy, gw, batch);
    } else if (gw) {
        constexpr int64_t group = 8;  // inputs of a share, whose x lie in one line of the cache
        Pool::shared().run((layer.inputs + group - 1) / group, worth(cost, threads), [&](int64_t share) {
            const int64_t end = std::min(layer.inputs, (share + 1) * group), size = layer.rows() * layer.outputs;
            std::fill_n(gw + share * group * size, (end - share * group) * size, real(0));
            for (int64_t b = 0; b < batch; b += CHUNK)  // the chunk's gy stays in the cache
                for (int64_t i = share * group; i < end; ++i)
                    weight_gradient_share(layer, x + b * layer.inputs + i, gy + b * layer.outputs,
                                          gw + i * size, int(std::min<int64_t>(CHUNK, batch - b)));
        });
    }
    if (!gb) return;
    std::fill_n(gb, layer.outputs, real(0));
    for (int64_t b = 0; b < batch; ++b)
        for (int64_t o = 0; o < layer.outputs; ++o) gb[o] += gy[b * layer.outputs + o];
}

}  // namespace kan
