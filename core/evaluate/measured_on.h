#pragma once
// What a figure is of: which images, and what computed them. It goes wherever the figure goes.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/json_fields.h"
#include "core/images/input_reader.h"

namespace quantwright {

enum class Arithmetic {
    simulated,  ///< the plan as fake-quantize operators, with the runtime's quick kernels
    file,       ///< a file as ONNX Runtime runs it, with its default optimizations
    file_off,   ///< a file with optimizations off: its own arithmetic
    board,      ///< a file on a board
};
/// "simulated", "default", "off", "board"
[[nodiscard]] std::string_view name_of(Arithmetic arithmetic);
[[nodiscard]] constexpr std::size_t count_of(Arithmetic) {
    return 4;
}

enum class ImageRule {
    all,
    spread,  ///< some that lie evenly among all
};
[[nodiscard]] std::string_view name_of(ImageRule rule);
[[nodiscard]] constexpr std::size_t count_of(ImageRule) {
    return 2;
}

struct MeasuredOn {
    std::string source;       ///< folder or list, as given
    std::int64_t images = 0;  ///< samples that the figure is of; unreadable ones are not among them
    ImageRule rule = ImageRule::all;
    std::int64_t of = 0;                ///< samples that they were chosen from
    std::int64_t found = 0;             ///< entries of the source: `of` may be only the first of them, or …
    std::optional<std::uint64_t> seed;  ///< … those that a shuffle with this seed took
    Arithmetic arithmetic = Arithmetic::simulated;

    [[nodiscard]] bool operator==(const MeasuredOn&) const = default;
};
template <class Visitor>
void describe(Visitor& visit, MeasuredOn& on) {
    visit("source", on.source);
    visit("images", on.images);
    visit("rule", on.rule);
    visit("of", on.of);
    visit("found", on.found);
    visit("seed", on.seed);
    visit("arithmetic", on.arithmetic);
}

/// `runs`: so many of the reader's, evenly spread.
[[nodiscard]] MeasuredOn measured_on(const InputReader& reader, std::int64_t runs, std::int64_t images,
                                     Arithmetic arithmetic);

}  // namespace quantwright
