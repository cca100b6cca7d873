#pragma once
// Figures of tasks other than detection, added up sample by sample.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/task/prediction.h"

namespace quantwright {

/// Pixels by their class in truth and prediction. IoU of a class = both / either; a class that neither has
/// has none, and the mean is over the others.
class Confusion {
public:
    /// Same sizes; pixels of class `ignore` in the truth count nowhere. Negative classes are none.
    void add(const Mask& truth, const Mask& predicted, int ignore);
    [[nodiscard]] std::optional<double> mean_iou() const;
    [[nodiscard]] std::optional<double> pixel_accuracy() const;
    [[nodiscard]] std::vector<std::optional<double>> iou() const;  ///< by class

private:
    struct Class {
        std::int64_t truth = 0, predicted = 0, both = 0;
    };
    std::vector<Class> m_classes;
    std::int64_t m_pixels = 0;
};

/// The output's mask as the image's pixels have it: the class under the centre of each of `size` pixels.
[[nodiscard]] Mask in_image(const Mask& mask, const Geometry& geometry);

/// Insertions, deletions and substitutions of characters (Levenshtein).
[[nodiscard]] std::int64_t edit_distance(std::u32string_view a, std::u32string_view b);
[[nodiscard]] std::u32string characters_of(std::string_view utf8);  ///< bytes that are no UTF-8 are one each

struct TextSums {
    std::int64_t lines = 0, exact = 0, errors = 0, characters = 0;
    void add(std::string_view truth, std::string_view read);
    [[nodiscard]] std::optional<double> share_exact() const;
    [[nodiscard]] std::optional<double> error_rate() const;  ///< errors over the truth's characters
};

[[nodiscard]] double cosine(std::span<const float> a, std::span<const float> b);  ///< 0 where one is zero

/// Of pairs that are the same or not, by their similarity.
struct Verification {
    double accuracy = 0;   ///< with the threshold that is best for these pairs
    double threshold = 0;  ///< pairs from here on are the same
    double auc = 0;        ///< that a same pair is more similar than another one; half where they are equal
};
struct ScoredPair {
    double similarity = 0;
    bool same = false;
};
/// Empty where all pairs are of one kind.
[[nodiscard]] std::optional<Verification> verification(std::vector<ScoredPair> pairs);

struct ValueErrors {
    double absolute = 0, squared = 0;
    std::int64_t count = 0;
    void add(std::span<const double> truth, std::span<const float> value);
    [[nodiscard]] std::optional<double> mae() const;
    [[nodiscard]] std::optional<double> rmse() const;
};

}  // namespace quantwright
