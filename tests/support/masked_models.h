#pragma once
// Models that hold infinities inside and nowhere else.
#include <limits>

#include "tests/support/small_models.h"

namespace quantwright::testing {

inline constexpr float minus_infinity = -std::numeric_limits<float>::infinity();

/// One head of attention over 8 tokens of 16: x → q, k, v → scores → "scaled" + "mask" = "masked" → Softmax →
/// context → y. The mask is a constant (causal), or what Where makes of the scores, never of the diagonal.
inline std::shared_ptr<const Model> masked_attention(bool constant_mask) {
    constexpr std::int64_t tokens = 8, depth = 16;
    ModelBuilder b(17, 3);
    b.input("x", {1, tokens, depth}).output("y");
    for (const char* name : {"q", "k", "v"}) {
        const std::string weight = std::string("w_") + name;
        b.weight(weight, {depth, depth});
        b.node("MatMul", std::string("to_") + name, {"x", weight}, {name});
    }
    set_attribute(b.node("Transpose", "turn", {"k"}, {"kt"}), "perm", std::vector<std::int64_t>{0, 2, 1});
    b.weight("quarter", {}, std::vector<float>{0.25f});
    b.node("MatMul", "similarity", {"q", "kt"}, {"scores"});
    b.node("Mul", "scale", {"scores", "quarter"}, {"scaled"});
    if (constant_mask) {
        std::vector<float> mask;
        for (std::int64_t i = 0; i < tokens * tokens; ++i)
            mask.push_back(i % tokens > i / tokens ? minus_infinity : 0.0f);
        b.weight("mask", {1, tokens, tokens}, mask);
    } else {
        std::vector<std::int64_t> apart;
        for (std::int64_t i = 0; i < tokens * tokens; ++i)
            apart.push_back(i % tokens == i / tokens ? 0 : 1);
        b.weight("apart", {1, tokens, tokens}, apart).weight("none", {}, std::vector<std::int64_t>{0});
        b.weight("limit", {}, std::vector<float>{-0.5f}).weight("zero", {}, std::vector<float>{0.0f});
        b.weight("minus_infinity", {}, std::vector<float>{minus_infinity});
        b.node("Greater", "is_apart", {"apart", "none"}, {"may_hide"});
        b.node("Less", "is_low", {"scaled", "limit"}, {"low"});
        b.node("And", "is_hidden", {"low", "may_hide"}, {"hidden"});
        b.node("Where", "make_mask", {"hidden", "minus_infinity", "zero"}, {"mask"});
    }
    b.node("Add", "add_mask", {"scaled", "mask"}, {"masked"});
    set_attribute(b.node("Softmax", "softmax", {"masked"}, {"probabilities"}), "axis", std::int64_t{-1});
    b.node("MatMul", "mix", {"probabilities", "v"}, {"context"});
    b.weight("w_out", {depth, 10});
    b.node("MatMul", "project", {"context", "w_out"}, {"y"});
    return b.build();
}

/// A product with constant weights reads infinities: x → "hidden" (-inf where x < -2) → "gate" (positive
/// weights, so -inf or finite) → Sigmoid → y.
inline std::shared_ptr<const Model> masked_gate() {
    ModelBuilder b(17, 4);
    b.input("x", {1, 8, 16}).output("y").weight("w_out", {4, 5});
    b.weight("limit", {}, std::vector<float>{-2.0f});
    b.weight("minus_infinity", {}, std::vector<float>{minus_infinity});
    std::vector<float> positive;
    for (int i = 0; i < 16 * 4; ++i)
        positive.push_back(0.01f + 0.003f * static_cast<float>(i % 23));
    positive[5] = 1e-9f;  // zero in codes and in half precision
    b.weight("w_gate", {16, 4}, positive);
    b.node("Less", "is_low", {"x", "limit"}, {"low"});
    b.node("Where", "hide", {"low", "minus_infinity", "x"}, {"hidden"});
    b.node("MatMul", "gate", {"hidden", "w_gate"}, {"g"});
    b.node("Sigmoid", "sigmoid", {"g"}, {"s"});
    b.node("MatMul", "project", {"s", "w_out"}, {"y"});
    return b.build();
}

}  // namespace quantwright::testing
