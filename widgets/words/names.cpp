// Names of the values of core's enumerations.
#include <QCoreApplication>

#include "widgets/words/words.h"

namespace quantwright::words {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(Words)
};

}  // namespace

QString name(Severity severity) {
    switch (severity) {
        case Severity::info:
            return Tr::tr("Note");
        case Severity::warning:
            return Tr::tr("Warning");
        case Severity::error:
            return Tr::tr("Error");
    }
    return {};
}

QString name(Stage stage) {
    switch (stage) {
        case Stage::open:
            return Tr::tr("Opening");
        case Stage::prepare:
            return Tr::tr("Preparing");
        case Stage::calibrate:
            return Tr::tr("Calibrating");
        case Stage::thresholds:
            return Tr::tr("Choosing ranges");
        case Stage::simulate:
            return Tr::tr("Simulating");
        case Stage::analyze:
            return Tr::tr("Analyzing");
        case Stage::improve:
            return Tr::tr("Improving");
        case Stage::search:
            return Tr::tr("Searching");
        case Stage::quantize:
            return Tr::tr("Quantizing");
        case Stage::export_model:
            return Tr::tr("Exporting");
        case Stage::verify:
            return Tr::tr("Checking the file");
        case Stage::evaluate:
            return Tr::tr("Evaluating");
        case Stage::board_check:
            return Tr::tr("Checking the board");
        case Stage::board_wait:
            return Tr::tr("Waiting for the board");
        case Stage::upload:
            return Tr::tr("Uploading");
        case Stage::benchmark:
            return Tr::tr("Measuring on the board");
        case Stage::profile:
            return Tr::tr("Profiling on the board");
        case Stage::board_run:
            return Tr::tr("Running on the board");
    }
    return {};
}

QString name(Origin origin) {
    switch (origin) {
        case Origin::target:
            return Tr::tr("Target's default");
        case Origin::preset:
            return Tr::tr("Preset");
        case Origin::defaults:
            return Tr::tr("Model-wide choice");
        case Origin::proposed:
            return Tr::tr("Proposed for the decode tail; a choice for this layer takes it back");
        case Origin::improved:
            return Tr::tr("Improved: this range gives the smaller error at the outputs");
        case Origin::given:
            return Tr::tr("The model brought it (QAT)");
        case Origin::rule:
            return Tr::tr("Rule");
        case Origin::truncation:
            return Tr::tr("Truncation");
        case Origin::layer:
            return Tr::tr("This layer");
        case Origin::tensor:
            return Tr::tr("This tensor");
    }
    return {};
}

QString name(ThresholdMethod method) {
    switch (method) {
        case ThresholdMethod::minmax:
            return Tr::tr("Min/max");
        case ThresholdMethod::moving_average:
            return Tr::tr("Moving average");
        case ThresholdMethod::percentile:
            return Tr::tr("Percentile");
        case ThresholdMethod::mse:
            return Tr::tr("MSE");
        case ThresholdMethod::kl:
            return Tr::tr("KL divergence");
        case ThresholdMethod::histogram:
            return Tr::tr("Histogram L2");
    }
    return {};
}

QString name(KeptFloat reason) {
    switch (reason) {
        case KeptFloat::no:
            return Tr::tr("Quantized");
        case KeptFloat::chosen:
            return Tr::tr("Chosen float");
        case KeptFloat::not_in_target:
            return Tr::tr("Not on this target");
        case KeptFloat::unknown_operator:
            return Tr::tr("Unknown operator");
        case KeptFloat::subgraph:
            return Tr::tr("Holds a subgraph");
        case KeptFloat::not_float_data:
            return Tr::tr("Not float32 data");
        case KeptFloat::already_quantized:
            return Tr::tr("Quantized already");
        case KeptFloat::no_constant_weight:
            return Tr::tr("No constant weight");
        case KeptFloat::constant_operand:
            return Tr::tr("Constant operand");
        case KeptFloat::nothing_to_gain:
            return Tr::tr("Nothing to gain");
        case KeptFloat::no_statistics:
            return Tr::tr("Not calibrated");
        case KeptFloat::not_given:
            return Tr::tr("Float in the model");
        case KeptFloat::needs_weight:
            return Tr::tr("No weight");
        case KeptFloat::fp16_overflow:
            return Tr::tr("Beyond FP16");
        case KeptFloat::no_fp16:
            return Tr::tr("No FP16 form");
        case KeptFloat::infinities:
            return Tr::tr("Holds infinities");
        case KeptFloat::does_not_run:
            return Tr::tr("Doesn't run quantized");
        case KeptFloat::shared_scale:
            return Tr::tr("Proposed: shared scale");
        case KeptFloat::selection:
            return Tr::tr("Proposed: is ranked");
        case KeptFloat::decode:
            return Tr::tr("Proposed: decodes boxes");
        case KeptFloat::scores:
            return Tr::tr("Proposed: makes scores");
    }
    return {};
}

QString reason(KeptFloat reason) {
    switch (reason) {
        case KeptFloat::no:
            return Tr::tr("The layer is quantized.");
        case KeptFloat::chosen:
            return Tr::tr("The plan keeps this layer float.");
        case KeptFloat::not_in_target:
            return Tr::tr("The target has no integer form of this operator.");
        case KeptFloat::unknown_operator:
            return Tr::tr("The operator or its domain is not known.");
        case KeptFloat::subgraph:
            return Tr::tr("If, Loop and Scan run subgraphs; they stay float.");
        case KeptFloat::not_float_data:
            return Tr::tr("It works on data that are not float32.");
        case KeptFloat::already_quantized:
            return Tr::tr("It is part of a quantized graph already.");
        case KeptFloat::no_constant_weight:
            return Tr::tr("The target needs a constant weight here.");
        case KeptFloat::constant_operand:
            return Tr::tr("One operand is a constant; the layer stays float beside its neighbours.");
        case KeptFloat::nothing_to_gain:
            return Tr::tr("An input is float: quantizing it would only add conversions.");
        case KeptFloat::no_statistics:
            return Tr::tr("There are no statistics of its activations yet: calibrate first.");
        case KeptFloat::not_given:
            return Tr::tr("The model brings its own quantization and leaves this layer float.");
        case KeptFloat::needs_weight:
            return Tr::tr("Dynamic and weight-only modes quantize layers with a constant weight alone.");
        case KeptFloat::fp16_overflow:
            return Tr::tr("A weight or an activation is beyond 65504, the largest FP16 number.");
        case KeptFloat::no_fp16:
            return Tr::tr("The operator has no FP16 form.");
        case KeptFloat::infinities:
            return Tr::tr("A tensor it reads or writes holds infinities; no code stands for them.");
        case KeptFloat::does_not_run:
            return Tr::tr("With this layer quantized ONNX Runtime does not load or run the file.");
        case KeptFloat::shared_scale:
            return Tr::tr(
                "Proposed float: outputs with very unlike ranges, such as boxes and scores, are joined here "
                "or behind it and would share one scale. Choose static to quantize it all the same.");
        case KeptFloat::selection:
            return Tr::tr(
                "Proposed float: what it computes is ranked (TopK, NonMaxSuppression), and equal codes "
                "lose the order. Choose static to quantize it all the same.");
        case KeptFloat::decode:
            return Tr::tr(
                "Proposed float: it belongs to the arithmetic that decodes boxes (exponentials, grids, "
                "means of distributions). Choose static to quantize it all the same.");
        case KeptFloat::scores:
            return Tr::tr(
                "Proposed float: it makes scores, and scores better than those of the calibration images "
                "would be cut off. Choose static to quantize it all the same.");
    }
    return {};
}

QString part(const WorstPart& worst) {
    const QString output = QString::fromStdString(worst.output);
    if (!worst.part)
        return Tr::tr("output “%1”").arg(output);
    const QString name = QString::fromStdString(worst.part->name);
    if (worst.part->axis < 0)
        return Tr::tr("“%1” in the output “%2”").arg(name, output);
    //: A range of one axis of an output, both ends included
    return Tr::tr("“%1”: %2 … %3 on axis %4 of the output “%5”")
        .arg(name)
        .arg(worst.part->from)
        .arg(worst.part->to - 1)
        .arg(worst.part->axis)
        .arg(output);
}

QString name(LayerMode mode) {
    return value(Field::mode, std::string(name_of(mode)));
}

QString sentence(LayerMode mode) {
    switch (mode) {
        case LayerMode::kept_float:
            return Tr::tr("Computed in float32.");
        case LayerMode::static_:
            return Tr::tr("Computed in integers, ranges fixed beforehand.");
        case LayerMode::dynamic:
            return Tr::tr(
                "Computed in integers; each run finds the activation's range itself. No images needed.");
        case LayerMode::weight_only:
            return Tr::tr("Only the weights are codes; computed in float. No images needed.");
        case LayerMode::fp16:
            return Tr::tr("Computed in half precision. No images needed.");
    }
    return {};
}

}  // namespace quantwright::words
