// What Python calls. Layers stand in an array; numbers of all kinds are contiguous. All give 1 where there is no memory.
#include "network.h"

using namespace kan;

#define EXPORTED __attribute__((visibility("default")))

extern "C" {

EXPORTED int kan_forward(const Layer* layers, int depth, const real* x, real* kept, real* y, int64_t batch, int threads) {
    return run_out([&] { forward(layers, depth, x, kept, y, batch, threads); });
}

EXPORTED int kan_network_backward(const Layer* layers, int depth, const real* x, const real* kept, const real* gy, real* gx,
                         real* gradient, real* room, int64_t batch, int threads) {
    return run_out([&] { backward(layers, depth, x, kept, gy, gx, gradient, room, batch, threads); });
}

EXPORTED int kan_backward(const Layer* layer, const real* x, const real* gy, real* gx, real* gw, real* gb, int64_t batch, int threads) {
    return run_out([&] { backward(*layer, x, gy, gx, gw, gb, batch, threads); });
}

/// The gradients and the loss of a step, for who wants to do something with them before they are applied.
EXPORTED int kan_gradient(const Layer* layers, int depth, const Rule* rule, const Memory* memory, const real* x, const void* target,
                 const real* mask, real* room, int64_t batch, int threads, Outcome* outcome) {
    return run_out([&] { outcome->loss = gradient(layers, depth, *rule, *memory, x, target, mask, room, batch, threads); });
}

EXPORTED int kan_apply(const Layer* layers, int depth, const Rule* rule, const Memory* memory, int threads, Outcome* outcome) {
    return run_out([&] { outcome->norm = apply(layers, depth, *rule, *memory, threads); });
}

EXPORTED int kan_train(const Layer* layers, int depth, const Rule* rule, const Memory* memory, const real* x, const void* target,
              const real* mask, real* room, int64_t batch, int threads, Outcome* outcome) {
    const int failed = kan_gradient(layers, depth, rule, memory, x, target, mask, room, batch, threads, outcome);
    return failed ? failed : kan_apply(layers, depth, rule, memory, threads, outcome);
}
}
