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
constexpr const char* the_board = QT_TRANSLATE_NOOP("Words", "the board");
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
    {"output.opset_too_old",
     QT_TRANSLATE_NOOP("Words", "The opset of “%1” is too old for what was chosen, and can't be raised."),
     QT_TRANSLATE_NOOP(
         "Words", "Export the network again with opset 13 or newer (opset_version of torch.onnx.export)."),
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
    {"board.address", QT_TRANSLATE_NOOP("Words", "“%1” is no address of a board."),
     QT_TRANSLATE_NOOP(
         "Words", "Write host, user@host or user@host:port; an IPv6 address with a port stands in brackets."),
     the_board},
    {"board.unknown_host", QT_TRANSLATE_NOOP("Words", "No address is known for “%1”."),
     QT_TRANSLATE_NOOP("Words", "Check the name, or give the IP address: “ip addr” on the board shows it."),
     the_board},
    {"board.no_route", QT_TRANSLATE_NOOP("Words", "“%1” can't be reached."),
     QT_TRANSLATE_NOOP("Words", "Check that the board is on and on this network: “ping” should answer."),
     the_board},
    {"board.refused",
     QT_TRANSLATE_NOOP("Words", "“%1” refuses the connection: no SSH server listens on that port."),
     QT_TRANSLATE_NOOP("Words", "On the board: sudo systemctl enable --now ssh. Or give the right port."),
     the_board},
    {"board.silent", QT_TRANSLATE_NOOP("Words", "“%1” does not answer."),
     QT_TRANSLATE_NOOP(
         "Words",
         "Check the network, restart the board if it hangs, then try again: what was sent already is kept."),
     the_board},
    {"board.not_ssh", QT_TRANSLATE_NOOP("Words", "What answers at “%1” is no SSH server."),
     QT_TRANSLATE_NOOP("Words", "Give the port of the board's SSH server, usually 22."), the_board},
    {"board.host_key_unknown", QT_TRANSLATE_NOOP("Words", "The host key of “%1” is not known yet."),
     QT_TRANSLATE_NOOP("Words",
                       "Compare the fingerprint with the board's own (ssh-keygen -lf "
                       "/etc/ssh/ssh_host_ed25519_key.pub), then accept it: --accept-new."),
     the_board},
    {"board.host_key_changed",
     QT_TRANSLATE_NOOP("Words",
                       "The host key of “%1” has CHANGED: another machine may be answering in its place."),
     QT_TRANSLATE_NOOP("Words",
                       "Nothing was sent. If the board was set up anew, remove the old key with ssh-keygen "
                       "-R HOST and connect again."),
     the_board},
    {"board.denied", QT_TRANSLATE_NOOP("Words", "“%1” refuses the login."),
     QT_TRANSLATE_NOOP("Words", "Check user and password, or install a key with ssh-copy-id."), the_board},
    {"board.key_unreadable", QT_TRANSLATE_NOOP("Words", "The key “%1” can't be read."),
     QT_TRANSLATE_NOOP("Words", "Check the path; if the key is encrypted, its passphrase."), the_board},
    {"board.connection_lost", QT_TRANSLATE_NOOP("Words", "The connection to “%1” was lost."),
     QT_TRANSLATE_NOOP("Words", "Connect again: an upload goes on where it was."), the_board},
    {"board.no_sftp", QT_TRANSLATE_NOOP("Words", "“%1” has no SFTP."),
     QT_TRANSLATE_NOOP("Words", "On the board: sudo apt install openssh-sftp-server."), the_board},
    {"board.disk_full", QT_TRANSLATE_NOOP("Words", "The board has no room for “%1”."),
     QT_TRANSLATE_NOOP("Words", "Make room on the board (df -h ~ shows it) and try again."), the_board},
    {"board.not_writable", QT_TRANSLATE_NOOP("Words", "“%1” on the board can't be written."),
     QT_TRANSLATE_NOOP(
         "Words", "Check the rights of ~/.cache on the board, and that its disk is not mounted read-only."),
     the_board},
    {"board.file_missing", QT_TRANSLATE_NOOP("Words", "“%1” is not on the board any more."),
     QT_TRANSLATE_NOOP("Words", "Try again: it is sent anew."), the_board},
    {"board.file_changed", QT_TRANSLATE_NOOP("Words", "“%1” changed while it was being sent to the board."),
     QT_TRANSLATE_NOOP("Words", "Try again when the file is complete."), the_model},
    {"board.bad_answer", QT_TRANSLATE_NOOP("Words", "“%1” sent an answer that makes no sense."),
     QT_TRANSLATE_NOOP(
         "Words", "Start files of the shell on the board must not print anything; otherwise see the detail."),
     the_board},
    {"board.no_agent", QT_TRANSLATE_NOOP("Words", "There is no agent for “%1”."),
     QT_TRANSLATE_NOOP("Words",
                       "Agents are built for riscv64, aarch64 and x86_64 where the compilers are installed: "
                       "packaging/setup."),
     the_board},
    {"board.agent_ended", QT_TRANSLATE_NOOP("Words", "The agent on “%1” ended unexpectedly."),
     QT_TRANSLATE_NOOP("Words", "See the detail. If the provider aborted, measure without it."), the_board},
    {"board.no_runtime", QT_TRANSLATE_NOOP("Words", "“%1” has no ONNX Runtime."),
     QT_TRANSLATE_NOOP("Words",
                       "Bianbu: sudo apt install spacemit-onnxruntime. Debian 13: sudo apt install "
                       "libonnxruntime1.21. Or name the library."),
     the_board},
    {"board.runtime_too_old", QT_TRANSLATE_NOOP("Words", "The ONNX Runtime of “%1” is too old."),
     QT_TRANSLATE_NOOP(
         "Words", "1.14 or newer is needed. Bianbu: sudo apt install --only-upgrade spacemit-onnxruntime."),
     the_board},
    {"board.opset", QT_TRANSLATE_NOOP("Words", "The board's ONNX Runtime does not know the opset of “%1”."),
     QT_TRANSLATE_NOOP("Words", "Quantize with --opset-max, or install a newer ONNX Runtime on the board."),
     the_board},
    {"board.model_refused", QT_TRANSLATE_NOOP("Words", "The board's runtime refuses “%1”."),
     QT_TRANSLATE_NOOP(
         "Words",
         "Read its message; often it lacks an operator: install a newer one, or quantize in another form."),
     the_board},
    {"board.out_of_memory", QT_TRANSLATE_NOOP("Words", "The board is out of memory for “%1”."),
     QT_TRANSLATE_NOOP("Words", "End other programs on the board, or use a smaller model."), the_board},
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
