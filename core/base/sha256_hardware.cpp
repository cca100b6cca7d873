#include "core/base/sha256_hardware.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

namespace quantwright {

namespace {

bool has_instructions() {
    unsigned int a = 0, b = 0, c = 0, d = 0;
    constexpr unsigned int sha = 1U << 29U;  // leaf 7, EBX
    return __builtin_cpu_supports("sse4.1") && __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & sha) != 0;
}

/// Intel SDM, SHA256RNDS2, SHA256MSG1, SHA256MSG2: the state is kept as the halves ABEF and CDGH.
__attribute__((target("sha,sse4.1"))) void compress(std::uint32_t state[8], const std::uint8_t* data,
                                                    std::size_t count) {
    const __m128i big_endian = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    auto* words = reinterpret_cast<__m128i*>(state);
    const __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128(words), 0xB1);
    const __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128(words + 1), 0x1B);
    __m128i abef = _mm_alignr_epi8(badc, hgfe, 8);
    __m128i cdgh = _mm_blend_epi16(hgfe, badc, 0xF0);
    for (; count > 0; --count, data += 64) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i w[4];
        for (int i = 0; i < 4; ++i)
            w[i] = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(data) + i), big_endian);
#pragma GCC unroll 16
        for (int i = 0; i < 16; ++i) {
            __m128i& now = w[i & 3];  // words 4 i - 16 and on until here, 4 i and on from here
            const __m128i &second = w[(i + 1) & 3], &third = w[(i + 2) & 3], &last = w[(i + 3) & 3];
            if (i >= 4)
                now = _mm_sha256msg2_epu32(
                    _mm_add_epi32(_mm_sha256msg1_epu32(now, second), _mm_alignr_epi8(last, third, 4)), last);
            const __m128i sum = _mm_add_epi32(
                now, _mm_loadu_si128(reinterpret_cast<const __m128i*>(sha256_rounds + std::size_t{4} * i)));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    const __m128i feba = _mm_shuffle_epi32(abef, 0x1B), dchg = _mm_shuffle_epi32(cdgh, 0xB1);
    _mm_storeu_si128(words, _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128(words + 1, _mm_alignr_epi8(dchg, feba, 8));
}

}  // namespace

bool sha256_hardware(std::uint32_t state[8], const std::uint8_t* data, std::size_t count) {
    static const bool there = has_instructions();
    if (there)
        compress(state, data, count);
    return there;
}

}  // namespace quantwright

#else

namespace quantwright {

bool sha256_hardware(std::uint32_t*, const std::uint8_t*, std::size_t) {
    return false;
}

}  // namespace quantwright

#endif
