#pragma once
// The user's choices: the document that is saved, edited, undone and compared. Precedence: target default <
// preset < defaults < what is proposed (decode_tail.h) < rule (later beats earlier) < truncation < layer <
// tensor.
#include <map>
#include <string>
#include <vector>

#include "core/plan/settings.h"
#include "core/prepare/prepare.h"

namespace quantwright {

struct Rule {
    std::string name;      ///< glob on the layer's name; empty: any
    std::string op;        ///< op type; empty: any
    std::string position;  ///< "first", "last" or empty: layers that read a graph input / give a graph output
    Settings set;
    [[nodiscard]] bool operator==(const Rule&) const = default;
};

struct Plan {
    std::string model_sha256;  ///< of the original model; empty: for any model
    std::string target = "onnxruntime-x86";
    std::string preset = "default";
    Settings defaults;
    std::vector<Rule> rules;
    /// Names of tensors, sorted: what none of them needs stays float. Empty: nothing is cut off.
    std::vector<std::string> truncate;
    std::map<std::string, Settings> layers;   ///< by name of a group, for all of its parts, or of a part
    std::map<std::string, Settings> tensors;  ///< by tensor name; only threshold and clip fields
    std::vector<std::string> excluded_images;
    [[nodiscard]] bool operator==(const Plan&) const = default;
};

/// Canonical text: two equal plans give the same bytes.
[[nodiscard]] Json to_json(const Plan& plan);
/// Errors: plan.invalid (subject: `subject`, detail: where and what).
Result<Plan> plan_from_json(const Json& json, const std::string& subject);
Result<Plan> load_plan(const std::filesystem::path& path);
/// plan.other_model unless the plan is for this model or for any.
Status check_model(const Plan& plan, const Model& model, const std::string& subject);
/// plan.truncation_unknown (subject: the name, detail: names like it) unless the model has every tensor that
/// the plan truncates at.
Status check_truncation(const Plan& plan, const Prepared& prepared);

/// `*` any run of characters, `?` one character.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view text);
/// The rule is for the layer (an index into Prepared::layers) or for the group that it is part of.
[[nodiscard]] bool matches(const Rule& rule, const Prepared& prepared, int layer);

/// A choice from the command line: stronger than everything the plan says. Without a glob it becomes a
/// default and is taken out of rules, layers and tensors; with one it is set on every group or part whose
/// name matches. Returns how many groups it is for.
Result<int> apply_option(Plan& plan, const Prepared& prepared, const std::string& glob, Field field,
                         const std::string& value);

}  // namespace quantwright
