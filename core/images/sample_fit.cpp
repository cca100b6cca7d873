#include "core/images/sample_fit.h"

#include <algorithm>

namespace quantwright {
namespace {

bool is_tail(const Shape& have, std::size_t from, const Shape& want, std::size_t behind) {
    return have.size() >= from && want.size() >= behind &&
           std::equal(have.begin() + static_cast<std::ptrdiff_t>(from), have.end(),
                      want.begin() + static_cast<std::ptrdiff_t>(behind), want.end());
}

/// The input without its channel axis where there is one channel.
std::optional<Shape> without_channel(const Shape& want) {
    if (want.size() != 4 || (want[1] != 1 && want[3] != 1))
        return std::nullopt;
    return want[1] == 1 ? Shape{want[0], want[2], want[3]} : Shape{want[0], want[1], want[2]};
}

}  // namespace

std::optional<SampleFit> fit_sample(const Shape& have, const Shape& want) {
    if (have == want)
        return SampleFit{true, -1};
    if (want.empty())
        return std::nullopt;
    // An input of one axis is no batch of scalars, unless that axis is open or 1.
    const bool batched = want.size() > 1 || want.front() == 1;
    const bool one = want.front() == 1;
    if (batched && is_tail(have, 0, want, 1))
        return SampleFit{one, -1};
    if (batched && !have.empty() && is_tail(have, 1, want, 1))
        return SampleFit{one, have.front()};
    if (!have.empty() && is_tail(have, 1, want, 0))
        return SampleFit{true, have.front()};
    if (const auto flat = without_channel(want))
        return fit_sample(have, *flat);
    return std::nullopt;
}

std::string shape_text(const Shape& shape) {
    std::string text;
    for (const std::int64_t dimension : shape)
        text += (text.empty() ? "" : "x") + std::to_string(dimension);
    return text.empty() ? "scalar" : text;
}

std::string wanted_text(const Shape& want) {
    if (want.size() < 2)
        return shape_text(want);
    return "Nx" + shape_text(Shape(want.begin() + 1, want.end()));
}

}  // namespace quantwright
