#include "core/task/measures.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace quantwright {
namespace {

std::optional<double> share(std::int64_t part, std::int64_t whole) {
    return whole > 0 ? std::optional(static_cast<double>(part) / static_cast<double>(whole)) : std::nullopt;
}

}  // namespace

void Confusion::add(const Mask& truth, const Mask& predicted, int ignore) {
    const std::size_t count = std::min(truth.classes.size(), predicted.classes.size());
    const auto grow = [&](std::int32_t index) -> Class& {
        if (static_cast<std::size_t>(index) >= m_classes.size())
            m_classes.resize(static_cast<std::size_t>(index) + 1);
        return m_classes[static_cast<std::size_t>(index)];
    };
    for (std::size_t i = 0; i < count; ++i) {
        const std::int32_t right = truth.classes[i], found = predicted.classes[i];
        if (right == ignore || right < 0)
            continue;
        ++m_pixels;
        ++grow(right).truth;
        if (found >= 0)
            ++grow(found).predicted;
        if (found == right)
            ++grow(right).both;
    }
}

std::vector<std::optional<double>> Confusion::iou() const {
    std::vector<std::optional<double>> result;
    for (const Class& one : m_classes)
        result.push_back(share(one.both, one.truth + one.predicted - one.both));
    return result;
}

std::optional<double> Confusion::mean_iou() const {
    double sum = 0;
    int count = 0;
    for (const auto& one : iou())
        if (one) {
            sum += *one;
            ++count;
        }
    return count > 0 ? std::optional(sum / count) : std::nullopt;
}

std::optional<double> Confusion::pixel_accuracy() const {
    std::int64_t both = 0;
    for (const Class& one : m_classes)
        both += one.both;
    return share(both, m_pixels);
}

Mask in_image(const Mask& mask, const Geometry& geometry) {
    const auto columns = [](int count, double scale, double shift, int input, int size) {
        std::vector<int> at(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) {
            const double place = (i + 0.5) * scale + shift;
            at[static_cast<std::size_t>(i)] =
                std::clamp(static_cast<int>(std::floor(place * size / input)), 0, size - 1);
        }
        return at;
    };
    const Size size = geometry.image;
    const auto xs = columns(size.width, geometry.scale_x, geometry.shift_x, geometry.input.width, mask.width);
    const auto ys =
        columns(size.height, geometry.scale_y, geometry.shift_y, geometry.input.height, mask.height);
    Mask result{size.height, size.width, {}};
    result.classes.reserve(xs.size() * ys.size());
    for (const int y : ys)
        for (const int x : xs)
            result.classes.push_back(
                mask.classes[static_cast<std::size_t>(y) * static_cast<std::size_t>(mask.width) +
                             static_cast<std::size_t>(x)]);
    return result;
}

std::int64_t edit_distance(std::u32string_view a, std::u32string_view b) {
    std::vector<std::int64_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::int64_t diagonal = row[0]++;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::int64_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

std::u32string characters_of(std::string_view utf8) {
    std::u32string characters;
    for (std::size_t at = 0; at < utf8.size();) {
        const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(utf8[at + i]); };
        const unsigned char lead = byte(0);
        const std::size_t length = lead < 0x80       ? 1
                                   : lead >> 5 == 6  ? 2
                                   : lead >> 4 == 14 ? 3
                                   : lead >> 3 == 30 ? 4
                                                     : 0;
        char32_t character = length < 2 ? lead : lead & (0x7f >> length);
        bool good = length > 0 && at + length <= utf8.size();
        for (std::size_t i = 1; good && i < length; ++i) {
            good = byte(i) >> 6 == 2;
            character = character << 6 | (byte(i) & 0x3f);
        }
        characters += good ? character : char32_t{lead};
        at += good ? length : 1;
    }
    return characters;
}

void TextSums::add(std::string_view truth, std::string_view read) {
    const std::u32string right = characters_of(truth);
    ++lines;
    exact += truth == read ? 1 : 0;
    errors += truth == read ? 0 : edit_distance(right, characters_of(read));
    characters += static_cast<std::int64_t>(right.size());
}

std::optional<double> TextSums::share_exact() const {
    return share(exact, lines);
}

std::optional<double> TextSums::error_rate() const {
    return share(errors, characters);
}

double cosine(std::span<const float> a, std::span<const float> b) {
    double both = 0, first = 0, second = 0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        both += double{a[i]} * b[i];
        first += double{a[i]} * a[i];
        second += double{b[i]} * b[i];
    }
    return first > 0 && second > 0 ? both / std::sqrt(first * second) : 0;
}

std::optional<Verification> verification(std::vector<ScoredPair> pairs) {
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const ScoredPair& a, const ScoredPair& b) { return a.similarity > b.similarity; });
    const auto same =
        std::count_if(pairs.begin(), pairs.end(), [](const ScoredPair& one) { return one.same; });
    const auto all = static_cast<std::int64_t>(pairs.size());
    if (same == 0 || same == all)
        return std::nullopt;
    Verification result;
    // Nothing is the same, to begin with; then pair by pair, those of equal similarity together.
    std::int64_t right = all - same, above_same = 0, best = right;
    double wins = 0;
    result.threshold = pairs.front().similarity + 1;
    for (std::size_t i = 0; i < pairs.size();) {
        std::size_t end = i;
        std::int64_t same_here = 0;
        for (; end < pairs.size() && pairs[end].similarity == pairs[i].similarity; ++end)
            same_here += pairs[end].same ? 1 : 0;
        const std::int64_t others = static_cast<std::int64_t>(end - i) - same_here;
        right += same_here - others;
        wins += static_cast<double>(others) *
                (static_cast<double>(above_same) + 0.5 * static_cast<double>(same_here));
        above_same += same_here;
        if (right > best) {
            best = right;
            result.threshold = pairs[i].similarity;
        }
        i = end;
    }
    result.accuracy = static_cast<double>(best) / static_cast<double>(all);
    result.auc = wins / (static_cast<double>(same) * static_cast<double>(all - same));
    return result;
}

void ValueErrors::add(std::span<const double> truth, std::span<const float> value) {
    for (std::size_t i = 0; i < std::min(truth.size(), value.size()); ++i) {
        const double error = std::abs(double{value[i]} - truth[i]);
        absolute += error;
        squared += error * error;
        ++count;
    }
}

std::optional<double> ValueErrors::mae() const {
    return count > 0 ? std::optional(absolute / static_cast<double>(count)) : std::nullopt;
}

std::optional<double> ValueErrors::rmse() const {
    return count > 0 ? std::optional(std::sqrt(squared / static_cast<double>(count))) : std::nullopt;
}

}  // namespace quantwright
