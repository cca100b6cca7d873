#pragma once
// Networks of the kinds that tasks are recognised by, and what they give for one input.
#include <QtTest>
#include <string>
#include <vector>

#include "core/runtime/session.h"
#include "core/task/recognise.h"
#include "tests/support/small_models.h"

namespace quantwright::testing {

constexpr int side = 64;  ///< of the input

/// A network's outputs for one random input.
struct Run {
    std::shared_ptr<const Model> model;
    TaskFacts facts;
    Geometry geometry;

    [[nodiscard]] std::span<const float> of(const std::string& name) const {
        for (const NamedOutput& output : facts.outputs)
            if (output.name == name)
                return output.tensor.floats();
        return {};
    }
    [[nodiscard]] Task task(const TaskChoice& choice = {}) const {
        const auto task = recognise(facts, choice);
        return task ? *task : Task();
    }
};

inline Run run(const ModelBuilder& builder) {
    Run result{builder.build(), {}, {}};
    const auto session = Session::create(*result.model, {2, Optimizations::off, {}});
    if (!session)
        qFatal("%s", session.error().detail.c_str());
    const auto outputs = (*session)->run(random_inputs(*result.model, 1)[0]);
    if (!outputs)
        qFatal("%s", outputs.error().detail.c_str());
    result.facts = facts_of(*result.model, *outputs, {side, side});
    // A picture of 100x50 in the middle of the input.
    Preprocess letterbox;
    letterbox.resize = ResizeMode::letterbox;
    letterbox.size = {side, side};
    result.geometry = geometry_of({50, 100}, letterbox);
    return result;
}

inline void reshape(ModelBuilder& b, const std::string& from, const std::string& to,
                    std::vector<std::int64_t> shape) {
    const auto rank = static_cast<std::int64_t>(shape.size());
    b.weight(to + ".shape", {rank}, std::move(shape));
    b.node("Reshape", to, {from, to + ".shape"}, {to});
}

inline void transpose(ModelBuilder& b, const std::string& from, const std::string& to,
                      std::vector<std::int64_t> order) {
    set_attribute(b.node("Transpose", to, {from}, {to}), "perm", std::move(order));
}

inline void named(ModelBuilder& b, const std::string& key, const std::string& value) {
    auto* property = b.proto().add_metadata_props();
    property->set_key(key);
    property->set_value(value);
}

}  // namespace quantwright::testing
