#pragma once
// Data that the scripts in tests/golden make too, to the last bit (tests/golden/recipe.py says how).
#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/base/json.h"
#include "core/model/tensor.h"

namespace quantwright::testing {

struct RecipeData {
    Shape shape;
    std::vector<std::vector<float>> images;
};

/// About normally distributed around 0, |x| <= 131070, standard deviation 37837.
class RecipeIntegers {
public:
    explicit RecipeIntegers(std::uint32_t seed) : m_state(seed) {}
    std::int32_t next() {
        std::int32_t total = -131070;
        for (int i = 0; i < 4; ++i) {
            m_state = 1664525u * m_state + 1013904223u;
            total += static_cast<std::int32_t>(m_state >> 16);
        }
        return total;
    }

private:
    std::uint32_t m_state;
};

inline RecipeData data_of(const Json& recipe) {
    RecipeData data;
    data.shape = recipe.at("shape").get<Shape>();
    RecipeIntegers integers(recipe.at("seed").get<std::uint32_t>());
    const auto scale = recipe.at("scale").get<float>(), offset = recipe.value("offset", 0.0f);
    const auto drift = recipe.value("drift", 0.0);
    const auto channel_size = static_cast<std::size_t>(data.shape[2] * data.shape[3]);
    for (int i = 0; i < recipe.at("images").get<int>(); ++i) {
        const auto factor = static_cast<float>(1 + i % 5 * drift);
        std::vector<float> x(static_cast<std::size_t>(element_count(data.shape)));
        for (float& value : x) {
            const float scaled = static_cast<float>(integers.next()) * scale, moved = scaled * factor;
            value = moved + offset;
        }
        if (recipe.contains("clamp")) {
            const auto low = recipe["clamp"][0].get<float>(), high = recipe["clamp"][1].get<float>();
            for (float& value : x)
                value = std::clamp(value, low, high);
            if (recipe.value("ends", false) && i == 0) {
                x[0] = low;
                x[1] = high;
            }
        }
        if (recipe.contains("dead")) {
            const auto dead =
                x.begin() + static_cast<std::ptrdiff_t>(recipe["dead"].get<std::size_t>() * channel_size);
            std::fill(dead, dead + static_cast<std::ptrdiff_t>(channel_size), 0.0f);
        }
        data.images.push_back(std::move(x));
    }
    return data;
}

}  // namespace quantwright::testing
