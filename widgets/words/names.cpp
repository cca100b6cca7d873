// Names of the values of core's enumerations.
#include <QCoreApplication>

#include "core/number/format.h"
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
        case Stage::quantize:
            return Tr::tr("Quantizing");
        case Stage::export_model:
            return Tr::tr("Exporting");
        case Stage::evaluate:
            return Tr::tr("Evaluating");
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
        case Origin::rule:
            return Tr::tr("Rule");
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
            return Tr::tr("Histogram");
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
    }
    return {};
}

QString name(Field field) {
    switch (field) {
        case Field::mode:
            return Tr::tr("Mode");
        case Field::activation_format:
            return Tr::tr("Activation format");
        case Field::activation_symmetric:
            return Tr::tr("Activation scheme");
        case Field::activation_granularity:
            return Tr::tr("Activation granularity");
        case Field::threshold_method:
            return Tr::tr("Range method");
        case Field::threshold_percentile:
            return Tr::tr("Percentile");
        case Field::weight_format:
            return Tr::tr("Weight format");
        case Field::weight_symmetric:
            return Tr::tr("Weight scheme");
        case Field::weight_granularity:
            return Tr::tr("Weight granularity");
        case Field::weight_storage:
            return Tr::tr("Weight storage");
        case Field::clip:
            return Tr::tr("Clip range");
    }
    return {};
}

QString value(Field field, const std::string& value) {
    switch (field) {
        case Field::mode:
            if (value == "static")
                return Tr::tr("Quantized");
            if (value == "float")
                return Tr::tr("Float");
            break;
        case Field::activation_symmetric:
        case Field::weight_symmetric:
            if (value == "true")
                return Tr::tr("Symmetric");
            if (value == "false")
                return Tr::tr("Asymmetric");
            break;
        case Field::activation_granularity:
        case Field::weight_granularity:
            if (value == "tensor")
                return Tr::tr("Per tensor");
            if (value == "channel")
                return Tr::tr("Per channel");
            if (value == "group")
                return Tr::tr("Per group");
            break;
        case Field::threshold_method:
            if (const auto method = find_threshold_method(value))
                return name(*method);
            break;
        case Field::activation_format:
        case Field::weight_format:
        case Field::weight_storage:
            if (const Format* format = find_format(value))
                return QString::fromUtf8(format->label.data(), static_cast<qsizetype>(format->label.size()));
            break;
        case Field::threshold_percentile:
        case Field::clip:
            break;
    }
    return QString::fromStdString(value);
}

}  // namespace quantwright::words
