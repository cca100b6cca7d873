#include "widgets/words/sentences.h"

#include <QtGlobal>

namespace quantwright::words {

namespace {

constexpr const char* the_model = QT_TRANSLATE_NOOP("Words", "the model");
constexpr const char* the_images = QT_TRANSLATE_NOOP("Words", "the images");
constexpr const char* the_image = QT_TRANSLATE_NOOP("Words", "the image");
constexpr const char* the_statistics = QT_TRANSLATE_NOOP("Words", "the statistics");
constexpr const char* the_plan = QT_TRANSLATE_NOOP("Words", "the plan");
constexpr const char* the_config = QT_TRANSLATE_NOOP("Words", "the xslim file");
constexpr const char* the_project = QT_TRANSLATE_NOOP("Words", "the project");
constexpr const char* the_output = QT_TRANSLATE_NOOP("Words", "the output");
constexpr const char* the_param = QT_TRANSLATE_NOOP("Words", "the .param file");
constexpr const char* the_command = QT_TRANSLATE_NOOP("Words", "the command line");

constexpr Sentences table[] = {
    {"model.not_found", QT_TRANSLATE_NOOP("Words", "There is no model file at “%1”."),
     QT_TRANSLATE_NOOP("Words", "Check the path and the spelling of the file's name."), the_model},
    {"model.not_onnx", QT_TRANSLATE_NOOP("Words", "“%1” is not an ONNX model."),
     QT_TRANSLATE_NOOP("Words",
                       "Export the network to ONNX, for example with torch.onnx.export, and open that file."),
     the_model},
    {"model.truncated", QT_TRANSLATE_NOOP("Words", "“%1” ends before the model does."),
     QT_TRANSLATE_NOOP("Words", "Copy or download the file again and compare its size with the original."),
     the_model},
    {"model.too_large", QT_TRANSLATE_NOOP("Words", "The protobuf part of “%1” is over 2 GB."),
     QT_TRANSLATE_NOOP("Words",
                       "Save the weights as external data (onnx.save with save_as_external_data=True)."),
     the_model},
    {"model.external_data_missing", QT_TRANSLATE_NOOP("Words", "The weight data “%1” are not there."),
     QT_TRANSLATE_NOOP("Words", "Put the data file beside the model, under the name the model gives it."),
     the_model},
    {"model.external_data_short",
     QT_TRANSLATE_NOOP("Words", "The file with the weight data “%1” is too short."),
     QT_TRANSLATE_NOOP("Words", "Copy the data file again: it ends before the weight does."), the_model},
    {"model.external_data_escapes",
     QT_TRANSLATE_NOOP("Words", "The weight data “%1” lie outside of the model's folder."),
     QT_TRANSLATE_NOOP("Words",
                       "Keep the data file in the model's folder, without links, and save the model again "
                       "with that relative path."),
     the_model},
    {"model.cyclic", QT_TRANSLATE_NOOP("Words", "The graph has a cycle through “%1”."),
     QT_TRANSLATE_NOOP("Words", "A network that can run has none: export it again."), the_model},
    {"model.duplicate_name", QT_TRANSLATE_NOOP("Words", "Two values of the graph are named “%1”."),
     QT_TRANSLATE_NOOP("Words",
                       "Names must be unique: export the network again, or rename one of the values."),
     the_model},
    {"model.dangling_name", QT_TRANSLATE_NOOP("Words", "Nothing in the graph makes “%1”."),
     QT_TRANSLATE_NOOP("Words",
                       "A node reads a value that no node, input or weight gives: export the network again."),
     the_model},
    {"model.no_quantizable_input",
     QT_TRANSLATE_NOOP("Words",
                       "“%1” can't be fed with images: it is no float tensor with 1, 3 or 4 channels."),
     QT_TRANSLATE_NOOP("Words", "Give the data of every input with --input NAME=DIR (.npy, .raw or images)."),
     the_model},
    {"model.shape_unknown", QT_TRANSLATE_NOOP("Words", "The shape of “%1” can't be inferred."),
     QT_TRANSLATE_NOOP("Words", "Give it with --input-shape NAME=1,3,224,224."), the_model},
    {"model.already_quantized", QT_TRANSLATE_NOOP("Words", "“%1” is quantized already."),
     QT_TRANSLATE_NOOP(
         "Words",
         "What you do not choose otherwise stays as it came, and nothing is quantized twice. Start "
         "from the float model to choose anew."),
     the_model},
    {"model.unsupported_opset", QT_TRANSLATE_NOOP("Words", "ONNX Runtime does not know the opset of “%1”."),
     QT_TRANSLATE_NOOP("Words", "Export the network with an older opset."), the_model},
    {"model.unknown_operator", QT_TRANSLATE_NOOP("Words", "ONNX Runtime has no operator “%1”."),
     QT_TRANSLATE_NOOP(
         "Words",
         "A model with it can be looked at, not run: export the network from standard operators, "
         "or cut it in front of this one."),
     the_model},
    {"images.none_left", QT_TRANSLATE_NOOP("Words", "Not one image could be read from “%1”."),
     QT_TRANSLATE_NOOP("Words",
                       "Choose a folder with JPEG, PNG, BMP, WebP or TIFF images (or .npy and .raw files), "
                       "or a list of such files."),
     the_images},
    {"images.unreadable", QT_TRANSLATE_NOOP("Words", "The image “%1” can't be decoded."),
     QT_TRANSLATE_NOOP("Words", "It is skipped. Save it again, or take it out of the folder."), the_image},
    {"images.too_large", QT_TRANSLATE_NOOP("Words", "The image “%1” has too many pixels."),
     QT_TRANSLATE_NOOP("Words", "It is skipped. Make it smaller first."), the_image},
    {"images.labels_match_nothing", QT_TRANSLATE_NOOP("Words", "No label of “%1” belongs to an image."),
     QT_TRANSLATE_NOOP("Words",
                       "Lines are \"relative/path index\": the paths must be relative to the image folder."),
     the_images},
    {"preprocess.invalid", QT_TRANSLATE_NOOP("Words", "The preprocessing “%1” is wrong."),
     QT_TRANSLATE_NOOP("Words",
                       "Use imagenet, opencv-imagenet, stretch, letterbox or a JSON file as the manual page "
                       "describes it, with one mean and std per channel."),
     the_images},
    {"stats.other_model", QT_TRANSLATE_NOOP("Words", "The statistics do not belong to “%1”."),
     QT_TRANSLATE_NOOP("Words", "Calibrate this model, or choose the statistics made with it."), the_model},
    {"stats.invalid", QT_TRANSLATE_NOOP("Words", "The statistics file “%1” can't be read."),
     QT_TRANSLATE_NOOP("Words", "Calibrate again and save the statistics anew."), the_statistics},
    {"plan.invalid", QT_TRANSLATE_NOOP("Words", "The choice or plan “%1” is not valid."),
     QT_TRANSLATE_NOOP("Words", "docs/formats.md lists the keys of a plan and what each may be."), the_plan},
    {"plan.other_model", QT_TRANSLATE_NOOP("Words", "The plan “%1” was made for another model."),
     QT_TRANSLATE_NOOP("Words",
                       "Use the plan made for this model, or empty its model_sha256 to use it for any."),
     the_plan},
    {"plan.target_refuses", QT_TRANSLATE_NOOP("Words", "The target can't run what the plan wants for “%1”."),
     QT_TRANSLATE_NOOP("Words", "Choose what the target can run, or another target."), the_plan},
    {"config.invalid", QT_TRANSLATE_NOOP("Words", "The xslim file “%1” can't be used."),
     QT_TRANSLATE_NOOP("Words",
                       "It has to be JSON with xslim's keys and values; docs/formats.md lists them."),
     the_config},
    {"config.no_data",
     QT_TRANSLATE_NOOP("Words", "“%1” names no calibration data, and this precision level needs some."),
     QT_TRANSLATE_NOOP(
         "Words", "Set data_list_path for every input, or give --images. Nothing is calibrated on zeros."),
     the_config},
    {"config.script", QT_TRANSLATE_NOOP("Words", "“%1” is Python code; this program does not run it."),
     QT_TRANSLATE_NOOP("Words",
                       "Run the function once, save what it returns as .npy files and set file_type to npy; "
                       "or set PT_IMAGENET or IMAGENET; or give --images and --preprocess."),
     the_config},
    {"project.invalid", QT_TRANSLATE_NOOP("Words", "The project file “%1” can't be read."),
     QT_TRANSLATE_NOOP("Words", "Open the model itself and save the project anew."), the_project},
    {"activation.not_finite", QT_TRANSLATE_NOOP("Words", "The activation “%1” is NaN or infinite."),
     QT_TRANSLATE_NOOP("Words",
                       "Check the preprocessing (mean, std, scale) first, then whether the float model "
                       "itself gives finite numbers on this image."),
     the_model},
    {"output.unwritable", QT_TRANSLATE_NOOP("Words", "“%1” can't be written."),
     QT_TRANSLATE_NOOP("Words", "Choose a folder that exists and may be written to."), the_output},
    {"output.disk_full", QT_TRANSLATE_NOOP("Words", "The disk is full: “%1” could not be written."),
     QT_TRANSLATE_NOOP("Words", "Make room, or choose a path on another disk."), the_output},
    {"output.equals_input", QT_TRANSLATE_NOOP("Words", "The output “%1” is one of the inputs."),
     QT_TRANSLATE_NOOP("Words", "Choose another path: inputs are never overwritten."), the_output},
    {"output.opset", QT_TRANSLATE_NOOP("Words", "“%1” can't be exported with the opset that was asked for."),
     QT_TRANSLATE_NOOP("Words",
                       "Ask for the model's own opset or a newer one, 21 at most, or for none at all."),
     the_model},
    {"ncnn.param_invalid", QT_TRANSLATE_NOOP("Words", "“%1” is no ncnn .param file, or can't be read."),
     QT_TRANSLATE_NOOP("Words",
                       "Give the text file that came out of the conversion to ncnn; its first line is "
                       "7767517."),
     the_param},
    {"runtime.failed", QT_TRANSLATE_NOOP("Words", "ONNX Runtime could not run “%1”."),
     QT_TRANSLATE_NOOP("Words",
                       "Read its message; often an operator or a shape of the model is not supported."),
     the_model},
    {"usage", QT_TRANSLATE_NOOP("Words", "The command line is wrong at “%1”."),
     QT_TRANSLATE_NOOP("Words",
                       "quantwright-cli --help lists the commands, and COMMAND --help their options."),
     the_command},
    {"cancelled", QT_TRANSLATE_NOOP("Words", "Cancelled."), "", nullptr},
};

}  // namespace

std::span<const Sentences> errorSentences() {
    return table;
}

}  // namespace quantwright::words
