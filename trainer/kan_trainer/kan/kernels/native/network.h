// A whole network: forward in one call, and a training step in one call.
#pragma once
#include <cmath>
#include <limits>
#include <numeric>

#include "layer.h"

namespace kan {

enum Loss : int32_t { MSE, HUBER, CROSS_ENTROPY };

/// What a step does with the loss and its gradients: decoupled weight decay as in AdamW, clipping before it.
struct Rule {
    double rate, beta1, beta2, epsilon, decay, clip, delta;
    int64_t number;  // of the step, from 1
    Loss loss;
};

constexpr int64_t SHARE = 1 << 14;  // numbers of a share where all are treated alike

/// Of the layers in front of layer `at`: how many outputs they have together, and the most that one of them has.
inline int64_t outputs_before(const Layer* layers, int at) {
    return std::accumulate(layers, layers + at, int64_t(0), [](int64_t sum, const Layer& layer) { return sum + layer.outputs; });
}

inline int64_t widest_before(const Layer* layers, int at) {
    return std::accumulate(layers, layers + at, int64_t(0), [](int64_t most, const Layer& layer) { return std::max(most, layer.outputs); });
}

/// The same numbers for every sample, however many there are and whichever thread they come to.
///
/// kept: where not null, room for the outputs of all layers but the last, [batch][outputs] after [batch][outputs].
inline void forward(const Layer* layers, int depth, const real* x, real* kept, real* y, int64_t batch, int threads) {
    int64_t cost = 0;
    for (int at = 0; at < depth; ++at) cost += batch * layers[at].inputs * layers[at].outputs * ROWS;
    const int64_t half = SAMPLES * widest_before(layers, depth - 1);
    Pool::shared().run((batch + SAMPLES - 1) / SAMPLES, worth(cost, threads), [&](int64_t share) {
        thread_local std::vector<real> room;
        if (int64_t(room.size()) < 2 * half) room.resize(2 * half);
        const int64_t begin = share * SAMPLES, count = std::min<int64_t>(SAMPLES, batch - begin);
        const real* from = x + begin * layers[0].inputs;
        for (int at = 0; at < depth; ++at) {
            real* all = at == depth - 1 ? y : kept ? kept + batch * outputs_before(layers, at) : nullptr;
            real* to = all ? all + begin * layers[at].outputs : room.data() + (at % 2) * half;
            forward_share(layers[at], from, to, count);
            from = to;
        }
    });
}

inline int64_t biases(const Layer& layer) { return layer.bias ? layer.outputs : 0; }

inline int64_t size_of(const Layer* layers, int depth) {
    int64_t size = 0;
    for (int at = 0; at < depth; ++at) size += layers[at].size() + biases(layers[at]);
    return size;
}

/// The gradients of all weights, layer by layer, weight before bias, and where it is not null that of x.
///
/// Needs what `forward` kept, and room for batch * 2 * the outputs of the widest layer but the last.
inline void backward(const Layer* layers, int depth, const real* x, const real* kept, const real* gy, real* gx, real* gradient,
                     real* room, int64_t batch, int threads) {
    const int64_t half = batch * widest_before(layers, depth - 1);
    real* end = gradient + size_of(layers, depth);
    for (int at = depth - 1; at >= 0; --at) {
        const real* input = at ? kept + batch * outputs_before(layers, at - 1) : x;
        real *to = at ? room + (at % 2) * half : gx, *gb = end - biases(layers[at]);
        end = gb - layers[at].size();
        backward(layers[at], input, gy, to, end, layers[at].bias ? gb : nullptr, batch, threads);
        gy = to;
    }
}

inline double square_error(Loss loss, double difference, double delta, double& slope) {
    if (loss == MSE || std::abs(difference) <= delta) {
        const double scale = loss == MSE ? 1 : 0.5;
        slope = 2 * scale * difference;
        return scale * difference * difference;
    }
    slope = difference < 0 ? -delta : delta;
    return delta * (std::abs(difference) - 0.5 * delta);
}

/// The mean error of outputs, [batch][outputs], those whose mask is 0 left out; `gradient` is by the outputs.
inline double error_of(const Rule& rule, const real* y, const real* target, const real* mask, int64_t count, real* gradient) {
    double weight = mask ? 0 : count, total = 0, slope;
    if (mask)
        for (int64_t at = 0; at < count; ++at) weight += mask[at];
    const double share = weight > 0 ? 1 / weight : 0;
    for (int64_t at = 0; at < count; ++at) {
        const double counts = mask ? mask[at] : 1;
        gradient[at] = 0;
        if (!counts) continue;  // it may be no number
        total += counts * square_error(rule.loss, double(y[at]) - target[at], rule.delta, slope);
        gradient[at] = real(counts * slope * share);
    }
    return total * share;
}

/// The mean cross-entropy of the softmax of each row against its class; `mask` counts rows.
inline double entropy_of(const real* y, const int64_t* classes, const real* mask, int64_t batch, int64_t outputs,
                         real* gradient) {
    double weight = mask ? 0 : batch, total = 0;
    if (mask)
        for (int64_t b = 0; b < batch; ++b) weight += mask[b];
    for (int64_t b = 0; b < batch; ++b, y += outputs, gradient += outputs) {
        const double share = weight > 0 ? (mask ? mask[b] : 1) / weight : 0;
        if (!share) {
            std::fill_n(gradient, outputs, real(0));
            continue;
        }
        const double top = *std::max_element(y, y + outputs);
        double sum = 0;
        for (int64_t o = 0; o < outputs; ++o) sum += std::exp(y[o] - top);
        for (int64_t o = 0; o < outputs; ++o) gradient[o] = real(share * std::exp(y[o] - top) / sum);
        gradient[classes[b]] -= real(share);
        total += share * (std::log(sum) + top - y[classes[b]]);
    }
    return total;
}

inline double norm_of(const real* numbers, int64_t count) {
    double total = 0;
    for (int64_t at = 0; at < count; at += SHARE) {
        real lanes[16] = {};
        const int64_t end = std::min(count, at + SHARE);
        int64_t one = at;
        for (; one + 16 <= end; one += 16)
            for (int lane = 0; lane < 16; ++lane) lanes[lane] += numbers[one + lane] * numbers[one + lane];
        for (; one < end; ++one) lanes[0] += numbers[one] * numbers[one];
        for (real lane : lanes) total += lane;
    }
    return std::sqrt(total);
}

struct Update {
    real kept, step, beta1, beta2, root, epsilon, shorten;
};

/// Smaller ones than the smallest normal number would make everything slow, and stay that small for ever.
inline real flushed(real number) { return std::abs(number) < std::numeric_limits<real>::min() ? 0 : number; }

/// Some weights' share of a step of AdamW, as PyTorch does it.
inline void update(const Update by, real* __restrict w, const real* __restrict gradient, real* __restrict m, real* __restrict v,
                   int64_t count) {
    for (int64_t at = 0; at < count; ++at) {
        const real g = gradient[at] * by.shorten;
        m[at] = flushed(m[at] + (1 - by.beta1) * (g - m[at]));
        v[at] = flushed(by.beta2 * v[at] + (1 - by.beta2) * g * g);
        w[at] = w[at] * by.kept - by.step * m[at] / (std::sqrt(v[at]) * by.root + by.epsilon);
    }
}

/// What a network keeps from step to step: all weights' gradients and moments, layer by layer, weight before bias.
struct Memory {
    real *gradient, *mean, *square;
};

/// Of a step: the loss, and the norm of its gradient before that was clipped.
struct Outcome {
    double loss, norm;
};

/// The loss and all gradients. Needs room for batch * (all layers' outputs + those of the last once more + 2 * those of
/// the widest but the last) numbers.
inline double gradient(const Layer* layers, int depth, const Rule& rule, const Memory& memory, const real* x, const void* target,
                       const real* mask, real* room, int64_t batch, int threads) {
    const int64_t outputs = layers[depth - 1].outputs;
    real *kept = room + 2 * batch * widest_before(layers, depth - 1), *y = kept + batch * outputs_before(layers, depth - 1);
    real* gy = y + batch * outputs;
    forward(layers, depth, x, kept, y, batch, threads);
    const double loss = rule.loss == CROSS_ENTROPY
                            ? entropy_of(y, static_cast<const int64_t*>(target), mask, batch, outputs, gy)
                            : error_of(rule, y, static_cast<const real*>(target), mask, batch * outputs, gy);
    backward(layers, depth, x, kept, gy, nullptr, memory.gradient, room, batch, threads);
    return loss;
}

/// Changes the weights by the gradients in `memory`, clipped; the gradients' norm before that.
inline double apply(const Layer* layers, int depth, const Rule& rule, const Memory& memory, int threads) {
    const double norm = norm_of(memory.gradient, size_of(layers, depth));
    const double scale = rule.clip > 0 ? std::min(1.0, rule.clip / (norm + 1e-6)) : 1;
    const double first = 1 - std::pow(rule.beta1, rule.number), second = 1 - std::pow(rule.beta2, rule.number);
    const Update by = {real(1 - rule.rate * rule.decay), real(rule.rate / first),   real(rule.beta1), real(rule.beta2),
                       real(1 / std::sqrt(second)),      real(rule.epsilon),        real(scale)};
    int64_t begin = 0;
    const auto all_of = [&](const real* weights, int64_t count) {
        Pool::shared().run((count + SHARE - 1) / SHARE, threads, [&](int64_t share) {
            const int64_t at = share * SHARE, here = begin + at;
            update(by, const_cast<real*>(weights) + at, memory.gradient + here, memory.mean + here, memory.square + here,
                   std::min(SHARE, count - at));
        });
        begin += count;
    };
    for (int at = 0; at < depth; ++at) {
        all_of(layers[at].weight, layers[at].size());
        all_of(layers[at].bias, biases(layers[at]));
    }
    return norm;
}

}  // namespace kan
