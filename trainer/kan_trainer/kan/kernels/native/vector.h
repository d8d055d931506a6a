// Vectors of the width that the processor has, by the compiler's own vector types: no intrinsics, every processor.
//
// KAN_REAL is the type of all numbers, KAN_ORDER the order of all splines: one library each, compiled when first used.
#pragma once
#include <cstdint>
#include <type_traits>
#include <utility>

#ifndef KAN_VECTOR_BYTES
#if defined(__AVX512F__)
#define KAN_VECTOR_BYTES 64
#elif defined(__AVX__)
#define KAN_VECTOR_BYTES 32
#else
#define KAN_VECTOR_BYTES 16
#endif
#endif

namespace kan {

using real = KAN_REAL;
using integer = std::conditional_t<sizeof(real) == 4, int32_t, int64_t>;

constexpr int ORDER = KAN_ORDER;
constexpr int ROWS = ORDER + 2;  // of a weight that one input meets: its basis functions and the base
constexpr int LANES = KAN_VECTOR_BYTES / sizeof(real);

template <int lanes>
struct Vector {
    typedef real Type __attribute__((vector_size(lanes * sizeof(real))));
};
template <>
struct Vector<1> {
    typedef real Type;
};

typedef Vector<LANES>::Type Reals;
typedef integer Integers __attribute__((vector_size(KAN_VECTOR_BYTES)));

template <typename V>
inline V load(const real* from) {
    V value;
    __builtin_memcpy(&value, from, sizeof value);
    return value;
}

template <typename V>
inline void store(real* to, V value) {
    __builtin_memcpy(to, &value, sizeof value);
}

inline Reals all(real value) { return value - Reals{}; }

/// Whole numbers are kept in 32 bits, whatever the width of a real.
typedef int32_t Narrow __attribute__((vector_size(LANES * 4)));

inline Integers load_integers(const int32_t* from) {
    Narrow value;
    __builtin_memcpy(&value, from, sizeof value);
    return __builtin_convertvector(value, Integers);
}

inline void store_integers(int32_t* to, Integers value) {
    const Narrow narrow = __builtin_convertvector(value, Narrow);
    __builtin_memcpy(to, &narrow, sizeof narrow);
}

inline bool any(Integers mask) {
    integer lanes[LANES], found = 0;
    __builtin_memcpy(lanes, &mask, sizeof lanes);
    for (integer lane : lanes) found |= lane;
    return found;
}

/// The same lanes, and zeros behind them.
template <typename V, int... lane>
inline Reals widened(V value, std::integer_sequence<int, lane...>) {
    constexpr int lanes = sizeof(V) / sizeof(real);
    if constexpr (lanes == LANES) return value;
    else if constexpr (lanes == 1) return Reals{value};
    else return __builtin_shufflevector(value, V{}, (lane < lanes ? lane : lanes)...);
}

template <typename V>
inline Reals widened(V value) {
    return widened(value, std::make_integer_sequence<int, LANES>{});
}

/// Sums of neighbours, those of one vector before those of the other.
template <int... lane>
inline Reals sums_of_two(Reals one, Reals other, std::integer_sequence<int, lane...>) {
    return __builtin_shufflevector(one, other, (2 * lane)...) + __builtin_shufflevector(one, other, (2 * lane + 1)...);
}

/// Lane i is the sum of all lanes of vector i.
template <int vectors = LANES>
inline Reals sums_of(const Reals* from) {
    if constexpr (vectors == 1) return *from;
    else return sums_of_two(sums_of<vectors / 2>(from), sums_of<vectors / 2>(from + vectors / 2), std::make_integer_sequence<int, LANES>{});
}

/// The whole number at or below each place; 0 for NaN. The places are small enough for an integer.
inline Integers floor_of(Reals place) {
    Reals known = place == place ? place : Reals{};
    Integers towards_zero = __builtin_convertvector(known, Integers);
    return towards_zero + (__builtin_convertvector(towards_zero, Reals) > known);
}

template <int most>
struct Reciprocals {
    real at[most + 1];  // 1 / n!
    constexpr Reciprocals() : at{} {
        double factorial = 1;
        for (int number = 0; number <= most; factorial *= ++number) at[number] = real(1 / factorial);
    }
};

/// The exponential, within 2 units in the last place, of what is between -700 and 700 (in float: -86 and 88).
inline Reals exponential(Reals x) {
    constexpr bool single = sizeof(real) == 4;
    constexpr int terms = single ? 7 : 13, fraction_bits = single ? 23 : 52, bias = single ? 127 : 1023;
    // The natural logarithm of 2 in two parts, the first of which has zeros for its last bits.
    constexpr real high = single ? 0x1.62e4p-1 : 0x1.62e42fee00000p-1, low = 0x1.62e42fefa39efp-1 - double(high);
    constexpr real low_part = single ? low : real(0x1.a39ef35793c76p-33);
    Integers doublings = floor_of(x * real(1.4426950408889634) + real(0.5));
    Reals exponent = __builtin_convertvector(doublings, Reals);
    Reals rest = x - exponent * high - exponent * low_part, sum{};
    constexpr Reciprocals<terms> of_factorials;
    for (int power = terms; power >= 0; --power) sum = sum * rest + of_factorials.at[power];
    Integers bits = (doublings + bias) << fraction_bits;
    Reals scale;
    __builtin_memcpy(&scale, &bits, sizeof scale);
    return sum * scale;
}

/// 1 / (1 + e^-x); where that is smaller than 1e-37 (in double: 1e-304) it is 0.
inline Reals sigmoid(Reals x) {
    constexpr real far = sizeof(real) == 4 ? 86 : 700;
    const Reals down = x < -far ? all(far) : x > far ? all(-far) : -x;
    const Reals gate = 1 / (1 + exponential(down));
    return x < -far ? Reals{} : gate;
}

}  // namespace kan
