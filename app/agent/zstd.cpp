#include "zstd.h"

#include <dlfcn.h>

namespace quantwright::agent {

namespace {

struct Zstd {
    std::size_t (*decompress)(void*, std::size_t, const void*, std::size_t) = nullptr;
    unsigned (*is_error)(std::size_t) = nullptr;

    Zstd() {
        if (void* library = dlopen("libzstd.so.1", RTLD_NOW)) {
            decompress = reinterpret_cast<decltype(decompress)>(dlsym(library, "ZSTD_decompress"));
            is_error = reinterpret_cast<decltype(is_error)>(dlsym(library, "ZSTD_isError"));
        }
    }
    bool complete() const { return decompress && is_error; }
};

const Zstd& zstd() {
    static const Zstd library;
    return library;
}

}  // namespace

bool has_zstd() {
    return zstd().complete();
}

bool decompress(std::span<const std::byte> frame, std::span<std::byte> into) {
    if (!has_zstd())
        return false;
    const std::size_t count = zstd().decompress(into.data(), into.size(), frame.data(), frame.size());
    return !zstd().is_error(count) && count == into.size();
}

}  // namespace quantwright::agent
