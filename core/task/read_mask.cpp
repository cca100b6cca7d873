#include <array>
#include <unordered_map>

#include "core/base/atomic_file.h"
#include "core/task/label_parts.h"

namespace quantwright {
namespace {

/// A PNG's palette by colour: the first index of each. Empty where it has none. PNG, 11.2.
std::unordered_map<std::uint32_t, std::int32_t> palette_of(std::string_view file) {
    std::unordered_map<std::uint32_t, std::int32_t> colours;
    const auto byte = [&](std::size_t at) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(file[at]));
    };
    const auto number = [&](std::size_t at) {
        return byte(at) << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3);
    };
    for (std::size_t at = 8; at + 12 <= file.size();) {
        const std::size_t length = number(at);
        if (length > file.size() - at - 12)
            break;
        if (file.substr(at + 4, 4) == "PLTE")
            for (std::size_t i = 0; i + 2 < length; i += 3)
                colours.emplace(byte(at + 8 + i) << 16 | byte(at + 9 + i) << 8 | byte(at + 10 + i),
                                static_cast<std::int32_t>(i / 3));
        at += length + 12;
    }
    return colours;
}

/// What decoding multiplies gray values of fewer than 8 bits with.
std::uint32_t gray_step(std::string_view file) {
    constexpr std::size_t depth_at = 24, type_at = 25;  // of IHDR
    if (file.size() <= type_at || file[type_at] != 0 || file[depth_at] < 1 || file[depth_at] > 8)
        return 1;
    return 255U / ((1U << static_cast<unsigned>(file[depth_at])) - 1);
}

template <class T>
Result<Mask> mask_of(const PixelsOf<T>& pixels,
                     const std::unordered_map<std::uint32_t, std::int32_t>& palette, std::uint32_t step,
                     const std::filesystem::path& path) {
    Mask mask{pixels.height, pixels.width, {}};
    mask.classes.reserve(pixels.data.size() / 3);
    for (std::size_t i = 0; i < pixels.data.size(); i += 3) {
        const std::uint32_t r = pixels.data[i], g = pixels.data[i + 1], b = pixels.data[i + 2];
        if (!palette.empty()) {
            const auto found = palette.find(r << 16 | g << 8 | b);
            mask.classes.push_back(found == palette.end() ? 0 : found->second);
            continue;
        }
        if (r != g || g != b)
            return labels::unreadable(path, "colours are no classes: gray values or a palette are wanted");
        mask.classes.push_back(static_cast<std::int32_t>(r / step));
    }
    return mask;
}

}  // namespace

Result<Mask> read_mask(const std::filesystem::path& path) {
    const auto pixels = decode_as_deep(path, 3);
    if (!pixels)
        return labels::unreadable(path, pixels.error().detail);
    const auto bytes = read_file(path, ErrorCode::labels_unreadable);
    if (!bytes)
        return fail(bytes);
    const auto palette = palette_of(*bytes);
    return std::visit([&](const auto& image) { return mask_of(image, palette, gray_step(*bytes), path); },
                      *pixels);
}

}  // namespace quantwright
