// What Python calls. Layers stand in an array; numbers of all kinds are contiguous.
#include "network.h"

using namespace kan;

#define EXPORTED __attribute__((visibility("default")))

extern "C" {

EXPORTED void kan_forward(const Layer* layers, int depth, const real* x, real* y, int64_t batch, int threads) {
    forward(layers, depth, x, y, batch, threads);
}

EXPORTED void kan_backward(const Layer* layer, const real* x, const real* gy, real* gx, real* gw, real* gb, int64_t batch, int threads) {
    backward(*layer, x, gy, gx, gw, gb, batch, threads);
}

EXPORTED void kan_train(const Layer* layers, int depth, const Rule* rule, const Memory* memory, const real* x, const void* target,
               const real* mask, real* room, int64_t batch, int threads, Outcome* outcome) {
    *outcome = train(layers, depth, *rule, *memory, x, target, mask, room, batch, threads);
}
}
