#include "core/runtime/session.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace quantwright {

bool cpu_has_vnni() {
#if defined(__x86_64__)
    unsigned a = 0, b = 0, c = 0, d = 0;
    // Leaf 7: AVX512_VNNI is bit 11 of ECX; subleaf 1: AVX-VNNI is bit 4 of EAX (Intel SDM, CPUID).
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) && (c >> 11 & 1))
        return true;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 4 & 1);
#else
    return true;  // other architectures multiply into 32 bits
#endif
}

}  // namespace quantwright
