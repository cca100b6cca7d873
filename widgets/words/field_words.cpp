// Names of a plan's fields and of their values, and what the less obvious ones mean.
#include <QCoreApplication>

#include "core/number/format.h"
#include "widgets/words/words.h"

namespace quantwright::words {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(Words)
};

struct ValueWords {
    Field field;
    std::string_view value;
    const char* name;
    const char* explanation;  ///< null: the name says it
};

constexpr const char* full_codes = QT_TRANSLATE_NOOP("Words", "Full");
constexpr const char* restricted_codes = QT_TRANSLATE_NOOP("Words", "Restricted");
constexpr const char* reduced_codes = QT_TRANSLATE_NOOP("Words", "Reduced");
constexpr const char* full_means = QT_TRANSLATE_NOOP("Words", "All codes: INT8 [-128, 127], UINT8 [0, 255].");
constexpr const char* restricted_means = QT_TRANSLATE_NOOP(
    "Words", "Without the lowest code, the same on both sides: INT8 [-127, 127]. UINT8 stays full.");
constexpr const char* reduced_means = QT_TRANSLATE_NOOP(
    "Words", "One bit less: INT8 [-64, 63], UINT8 [0, 127]. Sums of products can't saturate in 16 bits.");
constexpr const char* free_scale = QT_TRANSLATE_NOOP("Words", "Free");
constexpr const char* power_scale = QT_TRANSLATE_NOOP("Words", "Power of 2");
constexpr const char* power_means =
    QT_TRANSLATE_NOOP("Words", "Raised to the next power of two: rescaling becomes a shift.");
constexpr const char* by_qmax = QT_TRANSLATE_NOOP("Words", "Highest code");
constexpr const char* by_half_span = QT_TRANSLATE_NOOP("Words", "Half the span");
constexpr const char* by_half_levels = QT_TRANSLATE_NOOP("Words", "Half the codes");
constexpr const char* qmax_means = QT_TRANSLATE_NOOP(
    "Words", "Largest magnitude / 127 for INT8: ONNX Runtime, TensorRT, ncnn. Nothing is clipped.");
constexpr const char* half_span_means = QT_TRANSLATE_NOOP(
    "Words", "Largest magnitude / 127.5 for full INT8: PyTorch, xslim. The largest value loses half a step.");
constexpr const char* half_levels_means = QT_TRANSLATE_NOOP(
    "Words", "Largest magnitude / 128 for full INT8: textbooks. The largest positive value loses a step.");
constexpr const char* symmetric = QT_TRANSLATE_NOOP("Words", "Symmetric");
constexpr const char* asymmetric = QT_TRANSLATE_NOOP("Words", "Asymmetric");
constexpr const char* per_tensor = QT_TRANSLATE_NOOP("Words", "Per tensor");

constexpr ValueWords table[] = {
    {Field::mode, "static", QT_TRANSLATE_NOOP("Words", "Static"),
     QT_TRANSLATE_NOOP("Words", "Activations and weights as integers; ranges fixed by calibration.")},
    {Field::mode, "dynamic", QT_TRANSLATE_NOOP("Words", "Dynamic"),
     QT_TRANSLATE_NOOP("Words", "Weights as integers; each run finds the activation's range. No images.")},
    {Field::mode, "weight-only", QT_TRANSLATE_NOOP("Words", "Weights only"),
     QT_TRANSLATE_NOOP("Words", "Smaller weights, arithmetic in float. No images.")},
    {Field::mode, "fp16", QT_TRANSLATE_NOOP("Words", "FP16"),
     QT_TRANSLATE_NOOP("Words", "Half precision: half the size, almost no error. No images.")},
    {Field::mode, "float", QT_TRANSLATE_NOOP("Words", "Float"), nullptr},
    {Field::activation_symmetric, "true", symmetric, nullptr},
    {Field::activation_symmetric, "false", asymmetric, nullptr},
    {Field::weight_symmetric, "true", symmetric, nullptr},
    {Field::weight_symmetric, "false", asymmetric, nullptr},
    {Field::activation_granularity, "tensor", per_tensor, nullptr},
    {Field::weight_granularity, "tensor", per_tensor, nullptr},
    {Field::weight_granularity, "channel", QT_TRANSLATE_NOOP("Words", "Per channel"), nullptr},
    {Field::weight_granularity, "group", QT_TRANSLATE_NOOP("Words", "Per group"),
     QT_TRANSLATE_NOOP("Words", "Convolutions: a scale per group. Others: a scale per block of weights.")},
    {Field::activation_range, "full", full_codes, full_means},
    {Field::activation_range, "restricted", restricted_codes, restricted_means},
    {Field::activation_range, "reduced", reduced_codes, reduced_means},
    {Field::weight_range, "full", full_codes, full_means},
    {Field::weight_range, "restricted", restricted_codes, restricted_means},
    {Field::weight_range, "reduced", reduced_codes, reduced_means},
    {Field::activation_scale, "free", free_scale, nullptr},
    {Field::activation_scale, "power-of-two", power_scale, power_means},
    {Field::weight_scale, "free", free_scale, nullptr},
    {Field::weight_scale, "power-of-two", power_scale, power_means},
    {Field::activation_divisor, "qmax", by_qmax, qmax_means},
    {Field::activation_divisor, "half-span", by_half_span, half_span_means},
    {Field::activation_divisor, "half-levels", by_half_levels, half_levels_means},
    {Field::weight_divisor, "qmax", by_qmax, qmax_means},
    {Field::weight_divisor, "half-span", by_half_span, half_span_means},
    {Field::weight_divisor, "half-levels", by_half_levels, half_levels_means},
    {Field::rounding, "half-even", QT_TRANSLATE_NOOP("Words", "Half to even"),
     QT_TRANSLATE_NOOP("Words", "2.5 becomes 2, 3.5 becomes 4: IEEE 754, ONNX.")},
    {Field::rounding, "half-away", QT_TRANSLATE_NOOP("Words", "Half away"),
     QT_TRANSLATE_NOOP("Words", "2.5 becomes 3, -2.5 becomes -3: ncnn.")},
};

const ValueWords* find_words(Field field, std::string_view value) {
    for (const ValueWords& row : table)
        if (row.field == field && row.value == value)
            return &row;
    return nullptr;
}

QString translated(const char* text) {
    return QCoreApplication::translate("Words", text);
}

QString explanation(ThresholdMethod method) {
    switch (method) {
        case ThresholdMethod::minmax:
            return Tr::tr("From the smallest to the largest value of all images.");
        case ThresholdMethod::moving_average:
            return Tr::tr("Ends averaged over the images, each new one with weight 0.01 (PyTorch).");
        case ThresholdMethod::percentile:
            return Tr::tr("The narrowest range that holds this share of the values.");
        case ThresholdMethod::mse:
            return Tr::tr("The range with the least expected squared error.");
        case ThresholdMethod::kl:
            return Tr::tr("The range whose codes keep most of the distribution (TensorRT's entropy).");
        case ThresholdMethod::histogram:
            return Tr::tr("PyTorch's HistogramObserver: least squared error over 2048 bins.");
    }
    return {};
}

}  // namespace

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
        case Field::activation_range:
            return Tr::tr("Activation codes");
        case Field::activation_scale:
            return Tr::tr("Activation scale");
        case Field::activation_divisor:
            return Tr::tr("Activation divisor");
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
        case Field::weight_block_size:
            return Tr::tr("Weight block size");
        case Field::weight_range:
            return Tr::tr("Weight codes");
        case Field::weight_scale:
            return Tr::tr("Weight scale");
        case Field::weight_divisor:
            return Tr::tr("Weight divisor");
        case Field::weight_storage:
            return Tr::tr("Weight storage");
        case Field::rounding:
            return Tr::tr("Rounding");
        case Field::clip:
            return Tr::tr("Clip range");
    }
    return {};
}

QString value(Field field, const std::string& value) {
    if (const ValueWords* found = find_words(field, value))
        return translated(found->name);
    if (field == Field::threshold_method)
        if (const auto method = find_threshold_method(value))
            return name(*method);
    if (field == Field::activation_format || field == Field::weight_format || field == Field::weight_storage)
        if (const Format* format = find_format(value))
            return QString::fromUtf8(format->label.data(), static_cast<qsizetype>(format->label.size()));
    return QString::fromStdString(value);
}

QString explanation(Field field, const std::string& value) {
    if (field == Field::threshold_method) {
        const auto method = find_threshold_method(value);
        return method ? explanation(*method) : QString();
    }
    const ValueWords* found = find_words(field, value);
    return found && found->explanation ? translated(found->explanation) : QString();
}

QString presetExplanation(const std::string& preset) {
    if (preset == "default")
        return Tr::tr("what the target says");
    if (preset == "fbgemm")
        return Tr::tr("PyTorch on x86: histogram ranges, 7-bit activations, weights per channel");
    if (preset == "qnnpack")
        return Tr::tr("PyTorch on ARM: histogram ranges, weights per tensor");
    if (preset == "pytorch-default")
        return Tr::tr("PyTorch's default: min/max ranges, 7-bit activations, weights per tensor");
    if (preset == "spacemit-k1")
        return Tr::tr("as xslim: min/max ranges, INT8, weights divided by 127.5");
    if (preset == "tensorrt")
        return Tr::tr("entropy ranges, symmetric INT8, weights per channel");
    if (preset == "ncnn")
        return Tr::tr("entropy ranges, symmetric [-127, 127], rounds half away from zero");
    return {};
}

}  // namespace quantwright::words
