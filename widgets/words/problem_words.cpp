#include "widgets/words/sentences.h"

#include <QtGlobal>

namespace quantwright::words {

namespace {

constexpr const char* the_model = QT_TRANSLATE_NOOP("Words", "the model");

// Problems that aren't errors. Arguments begin at %2, in the order core gives them.
constexpr Sentences table[] = {
    // {field, wanted value, value used instead, target}
    {"plan.target_refuses", QT_TRANSLATE_NOOP("Words", "“%1”: %5 can't run %2 = %3; %4 is used instead."),
     QT_TRANSLATE_NOOP("Words", "Choose %4 yourself, keep the layer float, or choose another target."),
     the_model},
    {"plan.unknown_layer",
     QT_TRANSLATE_NOOP("Words", "The plan names a layer “%1” that this model does not have."),
     QT_TRANSLATE_NOOP("Words", "Its settings have no effect. \"inspect\" lists the names of the layers."),
     the_model},
    {"plan.unknown_tensor",
     QT_TRANSLATE_NOOP("Words", "The plan names a tensor “%1” that this model does not have."),
     QT_TRANSLATE_NOOP("Words", "Its settings have no effect. \"calibrate\" lists the names of the tensors."),
     the_model},
    {"plan.matches_nothing", QT_TRANSLATE_NOOP("Words", "No layer's name matches “%1”."),
     QT_TRANSLATE_NOOP("Words", "The choice has no effect. \"inspect\" lists the names of the layers."),
     the_model},
    // {layers}
    {"weight.uint8_storage",
     QT_TRANSLATE_N_NOOP("Words",
                         "The weights of %n layer(s) are stored as uint8 with zero point 128: the same "
                         "values, without loss."),
     QT_TRANSLATE_NOOP("Words",
                       "On x86 CPUs without VNNI the int8 kernels of ONNX Runtime saturate their 16-bit sums "
                       "and lose accuracy; the uint8 kernels do not. They take "
                       "about 1.3 times as long. weight.storage = int8 stores int8."),
     the_model, 1},
    // {channels, layers}
    {"weight.scale_raised",
     QT_TRANSLATE_N_NOOP(
         "Words",
         "The weight scale of %n channel(s) was raised so that the int32 bias fits (layers concerned: %3)."),
     QT_TRANSLATE_NOOP("Words",
                       "Those channels have almost no weights but a bias; the effect on the result is in the "
                       "figures already."),
     the_model, 1},
    // {what the runtime said}
    {"prepare.not_folded",
     QT_TRANSLATE_NOOP("Words", "Constant parts of the graph could not be computed beforehand: %2"),
     QT_TRANSLATE_NOOP(
         "Words",
         "They stay in the graph and stay float. Exporting the network with constant folding may help."),
     the_model},
    // {opset, new opset}
    {"prepare.opset_raised", QT_TRANSLATE_NOOP("Words", "The model was raised from opset %2 to opset %3."),
     QT_TRANSLATE_NOOP("Words", "Scales per channel need it; the arithmetic stays the same."), the_model},
    // {opset}
    {"prepare.opset_too_old",
     QT_TRANSLATE_NOOP("Words", "The model has opset %2, and ONNX's converter can't raise it."),
     QT_TRANSLATE_NOOP(
         "Words",
         "It can be looked at and analyzed; to export it, export the network again with opset 13 or newer."),
     the_model},
    {"layers.none_quantized",
     QT_TRANSLATE_NOOP("Words", "Not one layer is quantized: the file written is the float model."),
     QT_TRANSLATE_NOOP("Words",
                       "\"inspect\" says of each layer why it stays float. Choose another target, or take "
                       "back what keeps the layers float."),
     the_model},
};

}  // namespace

std::span<const Sentences> problemSentences() {
    return table;
}

}  // namespace quantwright::words
