// Networks whose weights are stored in fewer bits, forward only: they become floats again on their way into the sums.
//
// A row of a table is cut into as many parts as of its numbers fit into 32 bits, and a word has one number of each part:
// word w holds the outputs w, w + words, w + 2 * words ..., the first in its lowest bits. So a vector of words becomes
// vectors of neighbouring outputs by shifts alone. Behind its last row a table has PADDING words more.
#include "layer.h"

namespace kan {

static_assert(sizeof(real) == 4);

enum Kind : int32_t { INT8, FLOAT16, BFLOAT16 };

struct Baked {
    const int32_t* table;  // [inputs][grid_size + ORDER + 1][words]
    const real *scales;    // [inputs][grid_size + ORDER + 1], or null
    Layer layer;           // its weight is null
    Kind kind;
};

constexpr int PADDING = 16;
constexpr int64_t AT_ONCE = TILE_CELLS / TILE_INPUTS;  // samples

template <typename To, typename From>
inline To same_bits(From from) {
    To to;
    static_assert(sizeof to == sizeof from);
    __builtin_memcpy(&to, &from, sizeof to);
    return to;
}

template <typename V>
struct WordsFor {
    typedef int32_t Type __attribute__((vector_size(sizeof(V))));
};

/// How the numbers of a table become floats, `unit` times too small; for fewer than `few` samples that is done where they
/// are used, and else beforehand for all rows of a tile. Sums end in other last bits by that.
///
/// Where a number's bits stand at the top of a word, those below it are its neighbours': its rounding allowed for them.
struct Int8 {
    static constexpr int64_t few = 24;
    static constexpr int parts = 4;
    static constexpr real unit = 0x1p-24;
    template <typename V>
    static V widened(typename WordsFor<V>::Type words, int part) {
        return __builtin_convertvector(words << (24 - 8 * part), V);
    }
};

/// The bits of a half, moved to where a float has them, are a float that is 2^-112 times too small.
struct Float16 {
    static constexpr int64_t few = 8;
    static constexpr int parts = 2;
    static constexpr real unit = 0x1p112;
    template <typename V>
    static V widened(typename WordsFor<V>::Type words, int part) {
        return same_bits<V>(((part ? words : words << 16) >> 3) & int32_t(0x8fffe000));
    }
};

struct Bfloat16 {
    static constexpr int64_t few = SAMPLES + 1;
    static constexpr int parts = 2;
    static constexpr real unit = 1;
    template <typename V>
    static V widened(typename WordsFor<V>::Type words, int part) {
        return same_bits<V>(part ? words & int32_t(0xffff0000) : words << 16);
    }
};

template <typename V>
inline auto words_at(const int32_t* from) {
    typename WordsFor<V>::Type words;
    __builtin_memcpy(&words, from, sizeof words);
    return words;
}

/// Calls `block.operator()<V, n>(w)` for all words, in blocks of n vectors V that begin at w; the last goes beyond them.
template <int most, typename Block>
inline void in_word_blocks(int64_t words, Block&& block) {
    using Eight = Vector<LANES >= 8 ? 8 : LANES>::Type;
    using Four = Vector<4>::Type;
    int64_t w = 0;
    for (; w + (most - 1) * LANES < words; w += most * LANES) block.template operator()<Reals, most>(w);
    if constexpr (most > 2)
        for (; w + LANES < words; w += 2 * LANES) block.template operator()<Reals, 2>(w);
    for (; w + LANES / 2 < words; w += LANES) block.template operator()<Reals, 1>(w);
    if constexpr (LANES > 8)
        for (; w + 4 < words; w += 8) block.template operator()<Eight, 1>(w);
    for (; w < words; w += 4) block.template operator()<Four, 1>(w);
}

/// Adds to the sums of one sample, [parts][pitch], what some inputs give.
template <typename Stored>
inline void add_words(const int32_t* table, int64_t rows, int64_t words, const int32_t* first, const real* met, int inputs,
                      real* sums, int64_t pitch) {
    constexpr int parts = Stored::parts;
    in_word_blocks<8 / parts>(words, [&]<typename V, int n>(int64_t w) {
        constexpr int lanes = sizeof(V) / sizeof(real), chains = n * parts >= 4 ? 1 : 2;
        V sum[chains][parts][n] = {};
        for (int i = 0; i < inputs; ++i) {
            const int32_t* row = table + (i * rows + first[i]) * words + w;
            const int32_t* base = table + (i * rows + rows - 1) * words + w;
            for (int r = 0; r < ROWS; ++r) {
                const real factor = met[r * Tile::STRIDE + i];
                const int32_t* from = r <= ORDER ? row + r * words : base;
                for (int v = 0; v < n; ++v) {
                    const auto some = words_at<V>(from + v * lanes);
                    for (int part = 0; part < parts; ++part)
                        sum[r % chains][part][v] += factor * Stored::template widened<V>(some, part);
                }
            }
        }
        for (int part = 0; part < parts; ++part)
            for (int v = 0; v < n; ++v) {
                real* to = sums + part * pitch + w + v * lanes;
                V total = load<V>(to);
                for (int chain = 0; chain < chains; ++chain) total += sum[chain][part][v];
                store(to, total);
            }
    });
}

/// Puts the rows' scales into what a few samples meet.
template <typename Stored>
inline void scale(Tile& tile, const real* scales, int64_t rows, int64_t samples, int inputs) {
    for (int64_t b = 0; b < samples; ++b)
        for (int i = 0; i < inputs; ++i) {
            const int64_t at = b * inputs + i;
            const real *of_input = scales + i * rows, *met = of_input + tile.first[at];
            for (int r = 0; r <= ORDER; ++r) tile.met[r * Tile::STRIDE + at] *= Stored::unit * met[r];
            tile.met[(ROWS - 1) * Tile::STRIDE + at] *= Stored::unit * of_input[rows - 1];
        }
}

/// Rows as floats, [rows][outputs], their scales in them.
template <typename Stored>
inline void widen(const int32_t* table, const real* scales, int64_t rows, int64_t words, int64_t outputs, real* to) {
    for (int64_t row = 0; row < rows; ++row, table += words, to += outputs) {
        const real scale = Stored::unit * (scales ? scales[row] : 1);
        for (int part = 0; part < Stored::parts; ++part)  // what is written beyond a part's end the next one overwrites
            for (int64_t w = 0; w < words && part * words + w < outputs; w += LANES)
                store(to + part * words + w, scale * Stored::template widened<Reals>(words_at<Reals>(table + w), part));
    }
}

/// Memory that begins where a line of the cache does.
class Room {
public:
    real* of(int64_t count) {
        if (int64_t(numbers_.size()) < count + 16) numbers_.resize(count + 16);
        return numbers_.data() + -reinterpret_cast<uintptr_t>(numbers_.data()) % 64 / sizeof(real);
    }

private:
    std::vector<real> numbers_;
};

struct Workspace {
    Tile tile;
    Room room;
};

template <typename Stored>
inline void few_samples(const Baked& baked, const real* x, real* y, int64_t samples) {
    Workspace& own_space = own<Workspace>();
    Tile& tile = own_space.tile;
    const Layer& layer = baked.layer;
    const int64_t rows = layer.rows(), outputs = layer.outputs, words = (outputs + Stored::parts - 1) / Stored::parts;
    const int64_t pitch = words + LANES, of_sample = Stored::parts * pitch;
    real* sums = own_space.room.of(samples * of_sample);
    std::fill_n(sums, samples * of_sample, real(0));
    for (int64_t i0 = 0; i0 < layer.inputs; i0 += TILE_INPUTS) {
        const int inputs = int(std::min<int64_t>(TILE_INPUTS, layer.inputs - i0));
        for (int64_t b0 = 0; b0 < samples; b0 += AT_ONCE) {
            const int64_t count = std::min(AT_ONCE, samples - b0);
            tile.fill<false>(layer, x + b0 * layer.inputs, count, i0, inputs);
            if (baked.scales) scale<Stored>(tile, baked.scales + i0 * rows, rows, count, inputs);
            for (int64_t b = 0; b < count; ++b)
                add_words<Stored>(baked.table + i0 * rows * words, rows, words, tile.first + b * inputs, tile.met + b * inputs,
                                  inputs, sums + (b0 + b) * of_sample, pitch);
        }
    }
    for (int64_t b = 0; b < samples; ++b)
        for (int64_t o = 0; o < outputs; o += words)
            for (int64_t w = 0; w < words && o + w < outputs; ++w)
                y[b * outputs + o + w] = sums[b * of_sample + o / words * pitch + w] + (layer.bias ? layer.bias[o + w] : 0);
}

template <typename Stored>
inline void many_samples(const Baked& baked, const real* x, real* y, int64_t samples) {
    Workspace& own_space = own<Workspace>();
    Tile& tile = own_space.tile;
    const Layer& layer = baked.layer;
    const int64_t rows = layer.rows(), outputs = layer.outputs, words = (outputs + Stored::parts - 1) / Stored::parts;
    real* weight = own_space.room.of(TILE_INPUTS * rows * outputs + LANES);
    for (int64_t b = 0; b < samples; ++b)
        layer.bias ? std::copy_n(layer.bias, outputs, y + b * outputs) : std::fill_n(y + b * outputs, outputs, real(0));
    for (int64_t i0 = 0; i0 < layer.inputs; i0 += TILE_INPUTS) {
        const int inputs = int(std::min<int64_t>(TILE_INPUTS, layer.inputs - i0));
        widen<Stored>(baked.table + i0 * rows * words, baked.scales ? baked.scales + i0 * rows : nullptr, inputs * rows, words,
                      outputs, weight);
        for (int64_t b0 = 0; b0 < samples; b0 += AT_ONCE) {
            const int64_t count = std::min(AT_ONCE, samples - b0);
            tile.fill<false>(layer, x + b0 * layer.inputs, count, i0, inputs);
            int64_t b = 0;
            for (; b + 2 <= count; b += 2)
                forward_cells<2>(layer, tile, b * inputs, inputs, weight, y + (b0 + b) * outputs);
            if (b < count) forward_cells<1>(layer, tile, b * inputs, inputs, weight, y + (b0 + b) * outputs);
        }
    }
}

template <typename Stored>
inline void forward_share(const Baked& baked, const real* x, real* y, int64_t samples) {
    samples < Stored::few ? few_samples<Stored>(baked, x, y, samples) : many_samples<Stored>(baked, x, y, samples);
}

inline void forward_share(const Baked& baked, const real* x, real* y, int64_t samples) {
    switch (baked.kind) {
        case INT8: return forward_share<Int8>(baked, x, y, samples);
        case FLOAT16: return forward_share<Float16>(baked, x, y, samples);
        case BFLOAT16: return forward_share<Bfloat16>(baked, x, y, samples);
    }
}

inline void forward_baked(const Baked* layers, int depth, const real* x, real* y, int64_t batch, int threads) {
    int64_t cost = 0, widest = 0;
    for (int at = 0; at < depth; ++at) {
        cost += batch * layers[at].layer.inputs * layers[at].layer.outputs * ROWS;
        widest = std::max(widest, layers[at].layer.outputs);
    }
    const int64_t half = SAMPLES * widest, inputs = layers[0].layer.inputs, outputs = layers[depth - 1].layer.outputs;
    Pool::shared().run((batch + SAMPLES - 1) / SAMPLES, worth(cost, threads), [&](int64_t share) {
        thread_local std::vector<real> room;
        if (int64_t(room.size()) < 2 * half) room.resize(2 * half);
        const int64_t begin = share * SAMPLES, count = std::min<int64_t>(SAMPLES, batch - begin);
        const real* from = x + begin * inputs;
        for (int at = 0; at < depth; ++at) {
            real* to = at == depth - 1 ? y + begin * outputs : room.data() + (at % 2) * half;
            forward_share(layers[at], from, to, count);
            from = to;
        }
    });
}

}  // namespace kan

using namespace kan;

/// Layers stand in an array; numbers of all kinds are contiguous. 1 where there is no memory.
extern "C" __attribute__((visibility("default"))) int kan_forward_baked(const Baked* layers, int depth, const real* x, real* y,
                                                                       int64_t batch, int threads) {
    return run_out([&] { forward_baked(layers, depth, x, y, batch, threads); });
}
