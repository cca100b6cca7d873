#pragma once
// From choices to numbers: which tensors and weights are quantized, with which scale and zero point, where
// each choice came from, and what the target can't do. Simulation and export are both driven by one Resolved,
// so they agree.
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/calibrate/statistics.h"
#include "core/calibrate/threshold.h"
#include "core/plan/improved.h"
#include "core/plan/plan.h"
#include "core/plan/target.h"
#include "core/prepare/prepare.h"

namespace quantwright {

/// Where a choice came from, weakest first. `proposed`: float for a tail that integers spoil, stronger than
/// what is chosen for the whole model, weaker than what is chosen for a layer (decode_tail.h). `improved`: a
/// range of Improved::ranges. `given`: the model arrived with it (Prepared::given).
enum class Origin { target, preset, defaults, proposed, improved, given, rule, truncation, layer, tensor };
[[nodiscard]] std::string_view name_of(Origin origin);

struct Choice {
    std::string value;
    Origin origin = Origin::target;
    int rule = -1;  ///< index into Plan::rules for Origin::rule
};

/// Why a layer is not quantized (or nothing, where it is).
enum class KeptFloat {
    no,                  ///< it is quantized
    chosen,              ///< mode is float
    not_in_target,       ///< the target has no integer form of this operator
    unknown_operator,    ///< an operator or domain nobody knows
    subgraph,            ///< If, Loop, Scan
    not_float_data,      ///< its data are not float32 (indices, fp16)
    already_quantized,   ///< part of a Q/DQ or integer graph
    no_constant_weight,  ///< the target wants a constant weight
    constant_operand,    ///< an elementwise layer with a constant: stays float beside its neighbours
    nothing_to_gain,     ///< passive or elementwise and an input is float: quantizing it would only add
                         ///< conversions
    no_statistics,       ///< not calibrated yet
    not_given,           ///< the model brings its own Q/DQ nodes and has none here
    needs_weight,        ///< dynamic and weight-only quantize layers with a constant weight alone
    fp16_overflow,       ///< a weight or a calibrated activation is beyond 65504
    no_fp16,             ///< the operator has no float16 form
    infinities,          ///< a tensor it reads or writes, or a constant, holds infinities
    does_not_run,        ///< with it quantized the runtime does not run the file (core/verify)
    // Proposed, until the user chooses static for the layers:
    shared_scale,  ///< behind it parts of very unlike ranges would share one scale (boxes, scores)
    selection,     ///< what it computes is ranked (TopK, NonMaxSuppression)
    decode,        ///< arithmetic that decodes boxes: exponentials, powers, grids, means of distributions
    scores,        ///< a map of scores, better than which the calibration images have none
};
[[nodiscard]] std::string_view name_of(KeptFloat reason);

/// The form a layer is computed in.
enum class LayerMode {
    kept_float,
    static_,      ///< activations and weights are codes, with parameters fixed by calibration
    dynamic,      ///< weights are codes; the activation's parameters come from each run's own range
    weight_only,  ///< weights are codes, activations float
    fp16,
};
[[nodiscard]] std::string_view name_of(LayerMode mode);  ///< "float", "static", …

struct ResolvedWeight {
    std::string initializer;
    Scheme scheme;
    Parameters parameters;  ///< codes and zero point as the scheme says (int8: zero point 0)
    ElementType storage = ElementType::int8;  ///< uint8: codes and zero points are stored with 128 added
    int raised_channels = 0;                  ///< channels whose scale was raised so that the int32 bias fits
    std::shared_ptr<const ImprovedWeight> improved;  ///< null: codes are the values, rounded
};

struct ResolvedLayer {
    std::array<Choice, field_count> choices;  ///< by Field; `clip` unused
    KeptFloat kept_float = KeptFloat::no;
    KeptFloat proposed = KeptFloat::no;  ///< why float is proposed, where Field::mode is Origin::proposed
    LayerMode mode = LayerMode::kept_float;
    std::optional<ResolvedWeight> weight;  ///< not for fp16
    /// int32 bias: scale sx * sw[c] (in float, as the runtimes multiply), zero point 0. Empty: float bias, or
    /// none.
    std::optional<Parameters> bias;

    /// In any form but float.
    [[nodiscard]] bool quantized() const { return mode != LayerMode::kept_float; }
    /// Reads and writes codes: its tensors have Q/DQ pairs.
    [[nodiscard]] bool integers() const { return mode == LayerMode::static_; }
    [[nodiscard]] const Choice& operator[](Field field) const {
        return choices[static_cast<std::size_t>(field)];
    }
};

/// A tensor with a Q/DQ pair.
struct ResolvedTensor {
    TensorId tensor{};
    Scheme scheme;
    Range searched;  ///< what the threshold method gave; [0, 0] where none was asked
    Range range;     ///< that, an improved or given one, or a clip; as wide as what shares the scale needs
    Parameters parameters;
    Origin origin = Origin::target;  ///< of the range: Origin::tensor where the user clipped
    TensorId
        scale_owner{};  ///< the tensor whose range it has (itself, or the one a passive layer took it from)
    std::vector<NodeId> float_consumers;  ///< readers that keep the unquantized value (its producer is float)
};

struct Resolved {
    std::shared_ptr<const Prepared> prepared;
    std::shared_ptr<const Target> target;
    std::shared_ptr<const Statistics> statistics;  ///< null before calibration: then no layer is quantized
    std::shared_ptr<const Improved> improved;      ///< null: nothing was, or for another model
    Plan plan;
    std::vector<ResolvedLayer> layers;                   ///< by index of prepared->layers
    std::vector<std::optional<ResolvedTensor>> tensors;  ///< by TensorId of prepared->model->graph()
    std::vector<Problem> problems;

    [[nodiscard]] int quantized_layers() const;  ///< parts counted one by one
    /// Its lead is: the group is named and judged by it.
    [[nodiscard]] bool quantized(const LayerGroup& group) const;
    [[nodiscard]] int quantized_groups() const;
};

/// Ranges that were found for one plan are known for the next (Statistics::thresholds): after an edit only
/// new questions cost time. `improved` holds for layers whose weights, and for tensors whose ranges, the plan
/// still gives the same numbers as it did when that was made; problems say what does not. Errors:
/// plan.invalid (no such target or preset), plan.other_model, stats.other_model, cancelled.
Result<std::shared_ptr<const Resolved>> resolve(std::shared_ptr<const Prepared> prepared,
                                                std::shared_ptr<const Statistics> statistics,
                                                const Plan& plan, const JobContext& job = {},
                                                std::shared_ptr<const Improved> improved = nullptr);

/// The same with one more improved weight, which must be made for it; null where its bias does not fit.
[[nodiscard]] std::shared_ptr<const Resolved> with_improved(const Resolved& resolved, int layer,
                                                            std::shared_ptr<const ImprovedWeight> weight);

/// What a layer could be for a target without any statistics: `inspect`, and the window before calibration.
[[nodiscard]] KeptFloat quantizable(const Prepared& prepared, int layer, const Target& target);

/// Parameters of an activation as the target's files can say them (Target::onnx_arithmetic).
[[nodiscard]] Parameters activation_parameters(const Target& target, Range range, const Scheme& scheme);

/// Codes of a quantized layer's weight (row-major, the initializer's shape) and of its int32 bias.
[[nodiscard]] std::vector<std::int32_t> weight_codes(const Resolved& resolved, int layer);
[[nodiscard]] std::vector<std::int32_t> bias_codes(const Resolved& resolved, int layer);
/// The values that its bias stands for: the improved ones, else the model's. Of a layer with a bias.
[[nodiscard]] Tensor bias_values(const Resolved& resolved, int layer);

}  // namespace quantwright
