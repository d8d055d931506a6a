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

/// The same divided by ORDER!, for values and for slopes: at run time the divisions would cost more than all the rest.
struct Coefficients {
    real of[2][ORDER + 1][ORDER + 1];
};

constexpr Coefficients coefficients() {
    constexpr Pieces exact = pieces();
    Coefficients found = {};
    for (int piece = 0; piece <= ORDER; ++piece)
        for (int power = 0; power <= ORDER; ++power) {
            found.of[false][piece][power] = real(exact.of[piece][power] / factorial(ORDER));
            found.of[true][piece][power] = real(power * exact.of[piece][power] / factorial(ORDER));
        }
    return found;
}

constexpr Coefficients COEFFICIENTS = coefficients();

/// One piece, or its slope, at the places t of an interval of width 1.
template <bool slope>
inline Reals polynomial(int piece, Reals t) {
    Reals value{};
    for (int power = ORDER; power >= slope; --power) value = value * t + COEFFICIENTS.of[slope][piece][power];
    return slope ? value : (value < 0 ? Reals{} : value);  // by rounding some would be a little below zero
}

/// Brings what inputs beyond the grid meet to the rows there are: functions beyond the grid's have none.
inline void shift_onto_grid(int grid, int count, real* met, int stride, int32_t* first) {
    for (int at = 0; at < count; at += LANES) {
        const Integers span = load_integers(first + at), low = span < 0 ? Integers{} : span;
        const Integers row = low >= grid ? Integers{} + (grid - 1) : low;
        Integers up = row - span, down = -up;  // how many functions are missing below, or above
        store_integers(first + at, row);
        Reals values[ORDER + 1];
        for (int piece = 0; piece <= ORDER; ++piece) values[piece] = load<Reals>(met + piece * stride + at);
        for (int time = 0; time <= ORDER; ++time) {
            for (int piece = 0; piece <= ORDER; ++piece)
                values[piece] = up > time ? (piece < ORDER ? values[piece + 1] : Reals{}) : values[piece];
            for (int piece = ORDER; piece >= 0; --piece)
                values[piece] = down > time ? (piece > 0 ? values[piece - 1] : Reals{}) : values[piece];
        }
        for (int piece = 0; piece <= ORDER; ++piece) store(met + piece * stride + at, values[piece]);
    }
}

/// What `count` inputs meet. Buffers have room for a multiple of LANES.
///
/// met: [ROWS][stride], where [r][n] belongs to row `first[n] + r` of input n's weight, and the last to its base.
template <bool slope, Outside outside, Base base>
inline void meet(const Spline& spline, const real* x, int count, real* met, int stride, int32_t* first) {
    const int grid = spline.grid_size;
    const real upper = grid, scale = grid / (spline.high - spline.low);
    Integers strays{};
    for (int at = 0; at < count; at += LANES) {
        const Reals input = load<Reals>(x + at), place = (input - spline.low) * scale;
        Reals within = place < 0 ? Reals{} : place;
        within = within > upper ? all(upper) : within;
        const Reals beyond = place - within;
        if constexpr (outside == ZERO) {
            within = place < real(-ORDER - 1) ? all(-ORDER - 1) : place;
            within = within > upper + ORDER ? all(upper + ORDER) : within;
        }
        Integers span = floor_of(within);
        span += within == upper;  // the upper end belongs to the grid
        const Reals t = within - __builtin_convertvector(span, Reals);
        for (int piece = 0; piece <= ORDER; ++piece) {
            Reals value = polynomial<slope>(piece, t);
            if constexpr (slope) value *= scale;
            if constexpr (outside == LINEAR && !slope) {
                const Reals rise = polynomial<true>(piece, t);  // times an infinity it is none where it is 0
                value = (beyond == 0) | (rise == 0) ? value : value + beyond * rise;
            }
            if constexpr (outside == CLAMP && slope) value = (beyond < 0) | (beyond > 0) ? Reals{} : value;
            store(met + piece * stride + at, value);
        }
        Reals of_base = slope ? all(1) : input;
        if constexpr (base == SILU) {
            const Reals gate = sigmoid(input);
            of_base = slope ? gate + input * gate * (1 - gate) : input * gate;
        }
        store(met + (ORDER + 1) * stride + at, of_base);
        store_integers(first + at, span);
        strays |= (span < 0) | (span >= grid);
    }
    if (outside == ZERO && any(strays)) shift_onto_grid(grid, count, met, stride, first);
}

template <bool slope>
inline void meet(const Spline& spline, const real* x, int count, real* met, int stride, int32_t* first) {
    const auto with = [&]<Outside outside>() {
        return spline.base == SILU ? meet<slope, outside, SILU>(spline, x, count, met, stride, first)
                                   : meet<slope, outside, IDENTITY>(spline, x, count, met, stride, first);
    };
    switch (spline.outside) {
        case ZERO: return with.template operator()<ZERO>();
        case CLAMP: return with.template operator()<CLAMP>();
        case LINEAR: return with.template operator()<LINEAR>();
    }
}

}  // namespace kan
