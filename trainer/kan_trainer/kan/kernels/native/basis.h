// What one input meets: the values of its ORDER + 1 basis functions, or their slopes, and of its base.
//
// On one knot interval each of them is a fixed polynomial of the place t in it. Times ORDER! its coefficients are whole
// numbers, so that they are worked out exactly here; de Boor's recurrence on the knots 0, 1, 2 ... reads
// k N_k(j + t) = (j + t) N_{k-1}(j + t) + (k + 1 - j - t) N_{k-1}(j - 1 + t).
#pragma once
#include "vector.h"

namespace kan {

enum Outside : int32_t { ZERO, CLAMP, LINEAR };
enum Base : int32_t { SILU, IDENTITY };

struct Spline {
    real low, high;
    int32_t grid_size;
    Outside outside;
    Base base;
};

struct Pieces {
    long of[ORDER + 1][ORDER + 1];  // [piece, the last interval's first][power], times ORDER!
};

constexpr Pieces pieces() {
    long now[ORDER + 2][ORDER + 2] = {};
    now[0][0] = 1;
    for (long k = 1; k <= ORDER; ++k) {
        long next[ORDER + 2][ORDER + 2] = {};
        for (long j = 0; j <= k; ++j)
            for (int power = 0; power < k; ++power) {
                next[j][power] += j * now[j][power];
                next[j][power + 1] += now[j][power];
                if (j > 0) {
                    next[j][power] += (k + 1 - j) * now[j - 1][power];
                    next[j][power + 1] -= now[j - 1][power];
                }
            }
        for (int j = 0; j < ORDER + 2; ++j)
            for (int power = 0; power < ORDER + 2; ++power) now[j][power] = next[j][power];
    }
    Pieces found = {};
    for (int piece = 0; piece <= ORDER; ++piece)
        for (int power = 0; power <= ORDER; ++power) found.of[piece][power] = now[ORDER - piece][power];
    return found;
}

constexpr double factorial(int number) { return number < 2 ? 1 : number * factorial(number - 1); }

/// One piece, or its slope, at the places t of an interval of width 1.
template <bool slope>
inline Reals polynomial(int piece, Reals t) {
    constexpr Pieces exact = pieces();
    Reals value{};
    for (int power = ORDER; power >= slope; --power)
        value = value * t + real((slope ? power : 1) * exact.of[piece][power] / factorial(ORDER));
    return slope ? value : (value < 0 ? Reals{} : value);  // by rounding some would be a little below zero
}

/// What `count` inputs meet. Buffers have room for a multiple of LANES.
///
/// met: [ROWS][stride], where [r][n] belongs to row `first[n] + r` of input n's weight, and the last to its base.
template <bool slope>
inline void meet(const Spline& spline, const real* x, int count, real* met, int stride, int32_t* first) {
    const int grid = spline.grid_size;
    const real upper = grid, scale = grid / (spline.high - spline.low);
    for (int at = 0; at < count; at += LANES) {
        Reals input = load<Reals>(x + at), place = (input - spline.low) * scale;
        Reals within = place < 0 ? Reals{} : place;
        within = within > upper ? all(upper) : within;
        Reals beyond = place - within;
        if (spline.outside == ZERO) {
            within = place < real(-ORDER - 1) ? all(-ORDER - 1) : place;
            within = within > upper + ORDER ? all(upper + ORDER) : within;
        }
        Integers span = floor_of(within);
        span -= within == upper ? Integers{} + 1 : Integers{};  // the upper end belongs to the grid
        Reals t = within - __builtin_convertvector(span, Reals);
        for (int piece = 0; piece <= ORDER; ++piece) {
            Reals value = polynomial<slope>(piece, t) * (slope ? scale : real(1));
            if (spline.outside == LINEAR && !slope) {
                const Reals rise = polynomial<true>(piece, t);  // times an infinity it is none where it is 0
                value = (beyond == 0) | (rise == 0) ? value : value + beyond * rise;
            }
            if (spline.outside == CLAMP && slope) value = (beyond < 0) | (beyond > 0) ? Reals{} : value;
            store(met + piece * stride + at, value);
        }
        Reals gate = spline.base == SILU ? sigmoid(input) : all(1);
        Reals base = slope ? gate + (spline.base == SILU ? input * gate * (1 - gate) : Reals{}) : input * gate;
        store(met + (ORDER + 1) * stride + at, base);
        for (int lane = 0; lane < LANES; ++lane) first[at + lane] = span[lane];
    }
    if (spline.outside != ZERO) return;
    for (int at = 0; at < count; ++at) {  // functions beyond the grid's have no row
        const int span = first[at], row = span < 0 ? 0 : span < grid ? span : grid - 1, shift = row - span;
        if (!shift) continue;
        first[at] = row;
        for (int up = 0; up <= ORDER; ++up) {
            const int piece = shift > 0 ? up : ORDER - up, from = piece + shift;
            met[piece * stride + at] = from < 0 || from > ORDER ? 0 : met[from * stride + at];
        }
    }
}

}  // namespace kan
