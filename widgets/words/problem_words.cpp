#include "widgets/words/sentences.h"

#include <QtGlobal>

namespace quantwright::words {

namespace {

constexpr const char* the_model = QT_TRANSLATE_NOOP("Words", "the model");
constexpr const char* the_images = QT_TRANSLATE_NOOP("Words", "the images");

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
    // {similar names}
    {"plan.truncation_unknown",
     QT_TRANSLATE_NOOP("Words", "The network is to be truncated at “%1”, a tensor that it does not have."),
     QT_TRANSLATE_NOOP("Words", "Similar names in this model: %2"), the_model},
    // {layers, tensors, percent of the arithmetic}
    {"plan.truncated",
     QT_TRANSLATE_N_NOOP("Words",
                         "The network is truncated at %3: %n layer(s) that these tensors don't need stay "
                         "float (%4 % of the multiplications)."),
     QT_TRANSLATE_NOOP("Words",
                       "The file still computes the model's own outputs. Without the truncation (Model › "
                       "Don't truncate, \"truncate\" in the plan) these layers are quantized too."),
     the_model, 1},
    {"plan.matches_nothing", QT_TRANSLATE_NOOP("Words", "No layer's name matches “%1”."),
     QT_TRANSLATE_NOOP("Words", "The choice has no effect. \"inspect\" lists the names of the layers."),
     the_model},
    {"statistics.no_moving_average",
     QT_TRANSLATE_NOOP("Words", "The statistics of “%1” hold no moving average: its full range is used."),
     QT_TRANSLATE_NOOP("Words", "They come from an older version or were merged with such. Calibrate again."),
     the_model},
    {"fp16.overflow",
     QT_TRANSLATE_NOOP(
         "Words", "“%1” stays float: a weight or an activation is beyond 65504, the largest FP16 number."),
     QT_TRANSLATE_NOOP("Words",
                       "FP16 would make it infinite. Keep the layer float, or quantize it to INT8 or INT16."),
     the_model},
    // {tensor, infinities}
    {"activation.infinite",
     QT_TRANSLATE_NOOP("Words", "“%2” holds infinities (%3 counted); “%1” is kept float."),
     QT_TRANSLATE_NOOP(
         "Words", "An attention mask of -inf is meant so. Elsewhere look where the float model overflows."),
     the_model},
    // {layers, names of the last, options, widest part, its range, narrowest part, its range}
    {"proposed.shared_scale",
     QT_TRANSLATE_N_NOOP("Words",
                         "%n layer(s) behind the last convolutions stay float (%3): “%1” joins “%5” (%6) "
                         "and “%7” (%8), and one scale can't hold both."),
     QT_TRANSLATE_NOOP("Words",
                       "A proposal: the part with the small values would lose most of its codes. %4 takes it "
                       "back; in the window choose the mode static for these layers."),
     the_model, 1},
    // {output, SNR in dB, options}
    {"output.part_lost",
     QT_TRANSLATE_NOOP("Words", "“%1”, a part of the outputs (%2), is lost: its own SNR is %3 dB."),
     QT_TRANSLATE_NOOP("Words",
                       "The figure over all outputs hides it. Try %4 (in the window the same choice), "
                       "then look at this part again; “analyze” names the layers that hurt it most."),
     the_model},
    // {tensors, names}
    {"proposed.score_range",
     QT_TRANSLATE_N_NOOP("Words",
                         "The range of %n tensor(s) with logits of scores reaches up to 4, a score of 0.98, "
                         "although the calibration images have less: %3."),
     QT_TRANSLATE_NOOP("Words",
                       "A proposal: scores better than those of the calibration images would be cut off. A "
                       "clip range of the tensor, or a threshold of its layer, takes it back."),
     the_model, 1},
    // {layers, names of the last, options}
    {"proposed.selection",
     QT_TRANSLATE_N_NOOP("Words", "%n layer(s) stay float (%3): “%1” ranks what they compute."),
     QT_TRANSLATE_NOOP("Words",
                       "A proposal: values with the same code would lose their order. %4 takes it back; in "
                       "the window choose the mode static for these layers."),
     the_model, 1},
    // {layers, names of the last, options}
    {"proposed.scores",
     QT_TRANSLATE_N_NOOP(
         "Words",
         "%n layer(s) behind the last convolutions stay float (%3): “%1” makes scores, and the "
         "calibration images have no good one."),
     QT_TRANSLATE_NOOP("Words",
                       "A proposal: scores better than those of the calibration images would be cut off. %4 "
                       "takes it back; in the window choose the mode static for these layers."),
     the_model, 1},
    // {layers, names of the last, options}
    {"proposed.decode",
     QT_TRANSLATE_N_NOOP(
         "Words",
         "%n layer(s) behind the last convolutions stay float (%3): “%1” and the others decode boxes."),
     QT_TRANSLATE_NOOP("Words",
                       "A proposal: exponentials, grids and means of distributions need more than 8 bits. %4 "
                       "takes it back; in the window choose the mode static for these layers."),
     the_model, 1},
    {"weight.not_finite",
     QT_TRANSLATE_NOOP("Words", "The weights of “%1” hold NaN or infinity: their codes mean nothing."),
     QT_TRANSLATE_NOOP("Words",
                       "The float model itself is damaged there: export it again, or keep the layer float."),
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
    {"export.kept_float",
     QT_TRANSLATE_NOOP(
         "Words", "“%1” is kept float: with it quantized ONNX Runtime does not run the file. It says: %2"),
     QT_TRANSLATE_NOOP("Words",
                       "Nothing has to be done: file, plan and figures agree. Another mode or format of the "
                       "layer may run."),
     the_model},
    {"export.not_run",
     QT_TRANSLATE_NOOP(
         "Words",
         "The file was not run to check it: the model has operators that ONNX Runtime does not know."),
     QT_TRANSLATE_NOOP("Words", "Try it where those operators are."), the_model},
    // {what the runtime said}
    {"prepare.not_folded",
     QT_TRANSLATE_NOOP("Words", "Constant parts of the graph could not be computed beforehand: %2"),
     QT_TRANSLATE_NOOP(
         "Words",
         "They stay in the graph and stay float. Exporting the network with constant folding may help."),
     the_model},
    // {types, weights that float32 has no number for}
    {"prepare.taken_as_float32", QT_TRANSLATE_NOOP("Words", "The model's %2 numbers are taken as float32."),
     QT_TRANSLATE_NOOP("Words",
                       "Its inputs and outputs keep their types in the written file. Weights beyond "
                       "float32's range: %3."),
     the_model},
    // {opset, new opset}
    {"prepare.opset_raised", QT_TRANSLATE_NOOP("Words", "The model was raised from opset %2 to opset %3."),
     QT_TRANSLATE_NOOP("Words", "Scales per channel need it; the arithmetic stays the same."), the_model},
    // {IR version, the newest that the runtime reads}
    {"prepare.ir_version",
     QT_TRANSLATE_NOOP("Words",
                       "The file has IR version %2, newer than the %3 that ONNX Runtime reads; it was read "
                       "as one of version %3."),
     QT_TRANSLATE_NOOP("Words",
                       "Files written from it say the oldest version that has what is in them, so that older "
                       "runtimes load them too."),
     the_model},
    // {opset, operator and layer, or why}
    {"prepare.opset_too_old",
     QT_TRANSLATE_NOOP("Words", "The model has opset %2, and this can't be said in opset 13: %3."),
     QT_TRANSLATE_NOOP(
         "Words",
         "It can be looked at and analyzed; to export it, export the network again with opset 13 or newer."),
     the_model},
    // {nodes}
    {"shapes.fixed",
     QT_TRANSLATE_N_NOOP("Words",
                         "The file has the measured sizes instead of open dimensions: %n node(s) would not "
                         "run on the target's provider otherwise; the first is “%1”."),
     QT_TRANSLATE_NOOP("Words",
                       "It takes these operators only with constant shapes. --shapes open (or the choice at "
                       "export) keeps the dimensions open and runs these nodes on the CPU."),
     the_model, 1},
    {"shapes.off_provider",
     QT_TRANSLATE_N_NOOP("Words",
                         "Open dimensions keep %n node(s) off the target's provider; the first is “%1”."),
     QT_TRANSLATE_NOOP("Words",
                       "It takes these operators only with constant shapes. --shapes fixed (or the choice at "
                       "export) writes the measured sizes and runs them all there."),
     the_model, 1},
    // {tensor}
    {"shapes.kept_fixed",
     QT_TRANSLATE_NOOP("Words",
                       "“%2” holds for the measured sizes alone, and the file can't compute it for others."),
     QT_TRANSLATE_NOOP(
         "Words",
         "Nothing in the quantized graph has the size that it comes from. Run the file with the "
         "measured sizes, or keep the layers around it float."),
     the_model},
    // {operator, nodes}
    {"prepare.unknown_operator",
     QT_TRANSLATE_NOOP("Words", "ONNX Runtime has no operator “%2” (layer “%1”)."),
     QT_TRANSLATE_NOOP("Words",
                       "The layer and everything behind it stay float, and the model can't be run: export it "
                       "from standard operators, or cut it in front of this one."),
     the_model},
    // {nodes, first node}
    {"prepare.pairs_kept",
     QT_TRANSLATE_N_NOOP(
         "Words", "%n quantize or dequantize node(s) of the model stay as they are; the first is “%3”."),
     QT_TRANSLATE_NOOP("Words",
                       "Only pairs on activations and dequantized weights and biases are taken as given "
                       "parameters. Layers that read the others stay as the model has them."),
     the_model, 1},
    // {batch, samples, left over}
    {"samples.left_over",
     QT_TRANSLATE_NOOP("Words",
                       "The model takes %2 samples at a time; of %3 samples the last %4 don't fill a batch."),
     QT_TRANSLATE_NOOP("Words",
                       "The batch is filled up with its last sample; what fills it up is in no figure."),
     the_model},
    // {folders, classes}
    {"labels.folder_count",
     QT_TRANSLATE_NOOP("Words",
                       "There are %2 class folders, and the model tells %3 classes apart: labels that count "
                       "the folders in sorted order are probably wrong."),
     QT_TRANSLATE_NOOP("Words",
                       "Give --labels FILE, or --classes FILE with the classes' names in the model's order, "
                       "or name the folders by the classes' numbers."),
     the_images},
    {"labels.classes_missing", QT_TRANSLATE_NOOP("Words", "The images are of %2 of the model's %3 classes."),
     QT_TRANSLATE_NOOP("Words",
                       "The accuracy is that of these classes. If the folders' numbers or names are no "
                       "classes of the model, give --labels FILE or --classes FILE."),
     the_images},
    // {images, largest label, classes}
    {"labels.beyond_outputs",
     QT_TRANSLATE_NOOP("Words",
                       "The labels of %2 images are beyond the model's %4 classes (the largest is %3): they "
                       "count as wrong."),
     QT_TRANSLATE_NOOP("Words",
                       "Classes count from 0. Give the labels that the model was trained with, by --labels "
                       "FILE or --classes FILE."),
     the_images},
    // {names, first}
    {"labels.unknown_names",
     QT_TRANSLATE_NOOP("Words",
                       "%2 names of labels or folders are not among the class names; the first is “%3”."),
     QT_TRANSLATE_NOOP("Words", "Their images have no label. Compare the names with the file of --classes."),
     the_images},
    // {categories, first}
    {"labels.unknown_categories",
     QT_TRANSLATE_NOOP("Words",
                       "%2 categories of the labels are none of the model's classes; the first is “%3”."),
     QT_TRANSLATE_NOOP("Words",
                       "Their objects count as missed. Compare the names; --task-set names='[\"a\", \"b\"]' "
                       "gives the model's classes theirs."),
     the_images},
    // {score}
    {"task.nothing_found",
     QT_TRANSLATE_NOOP("Words",
                       "The float network shows nothing in these images (from a score of %2 on): there is "
                       "nothing that the other could agree on."),
     QT_TRANSLATE_NOOP("Words",
                       "Give images of what it looks for, or take fainter detections, too: --task-set "
                       "score=0.1."),
     the_images},
    // {tensors or layers}
    {"sidecar.not_expressible",
     QT_TRANSLATE_N_NOOP("Words",
                         "%n tensor(s) or layer(s) can't be said in the file beside the model and are left "
                         "out; the first is “%1”."),
     QT_TRANSLATE_NOOP("Words",
                       "It holds int8 with zero point 0 only, and names that its format allows. What is left "
                       "out stays float on the device."),
     the_model, 1},
    // {tensors}
    {"sidecar.tensors_left_out",
     QT_TRANSLATE_N_NOOP("Words",
                         "%n tensor(s) that only the prepared graph has are not in the calibration cache."),
     QT_TRANSLATE_NOOP("Words", "The cache goes with the float model and its tensor names."), the_model, 1},
    {"ncnn.names_assumed", QT_TRANSLATE_NOOP("Words", "The table names layers as the ONNX model does."),
     QT_TRANSLATE_NOOP(
         "Words",
         "onnx2ncnn keeps those names, pnnx does not: give the converted .param file with --ncnn-param."),
     the_model},
    {"ncnn.not_in_param",
     QT_TRANSLATE_NOOP("Words", "The layer “%1” is not in the .param file and is left out of the table."),
     QT_TRANSLATE_NOOP("Words",
                       "The file may come from another model, or ncnn has another operator for the layer. It "
                       "stays float on the device."),
     the_model},
    // {layers}
    {"ncnn.matched_by_order",
     QT_TRANSLATE_N_NOOP("Words",
                         "%n layer(s) of the .param file were found by their place in the network: their "
                         "names differ from the model's."),
     QT_TRANSLATE_NOOP("Words", "Kinds, sizes and connections of all layers agree."), the_model, 1},
    // {.param layer}
    {"ncnn.batch_norm",
     QT_TRANSLATE_NOOP(
         "Words", "The .param file keeps a BatchNorm behind “%1” (%2); the layer is left out of the table."),
     QT_TRANSLATE_NOOP("Words",
                       "Its scales are those of the convolution with the BatchNormalization folded into it: "
                       "run ncnnoptimize, then give the optimized .param file."),
     the_model},
    // {layers}
    {"ncnn.winograd",
     QT_TRANSLATE_N_NOOP("Words", "%n convolution(s) of size 3 × 3 and stride 1 have 8-bit weights."),
     QT_TRANSLATE_NOOP("Words",
                       "ncnn's int8 Winograd kernels are made for 6 bits there. Switch Winograd off "
                       "(Option::use_winograd_convolution) if the network loses accuracy on the device."),
     the_model, 1},
    // {layers, names of the first, reason}
    {"export.kept_qdq",
     QT_TRANSLATE_N_NOOP("Words",
                         "%n quantized layer(s) are not said with integer operators and keep the form of a "
                         "QDQ file: %4 (%3)."),
     QT_TRANSLATE_NOOP("Words",
                       "The results are the same, their arithmetic is float. For integers throughout, choose "
                       "the mode static and 8-bit formats for them, or keep them float."),
     the_model, 1},
    // {reason}
    {"option.unused", QT_TRANSLATE_NOOP("Words", "The option “%1” has no effect: %2."),
     QT_TRANSLATE_NOOP("Words",
                       "Leave it out, or choose the mode that it belongs to (--mode, --granularity)."),
     the_model},
    // {layers}
    {"board.layers_differ",
     QT_TRANSLATE_NOOP("Words",
                       "Layers whose result on the board is not the exact arithmetic's: %2. The largest "
                       "difference is at “%1”."),
     QT_TRANSLATE_NOOP("Words",
                       "They were run with the board's optimizations off, each on the same inputs as the "
                       "host's: its kernels for these layers compute in another way."),
     the_model},
    // {what went wrong}
    {"board.layers_skipped", QT_TRANSLATE_NOOP("Words", "The layers could not be compared on the board: %2"),
     QT_TRANSLATE_NOOP(
         "Words", "All other figures hold. A model with all inner tensors as outputs needs more memory."),
     the_model},
    // {nodes, subgraphs}
    // {what the loader says}
    {"board.provider_unusable",
     QT_TRANSLATE_NOOP("Words", "The board's execution provider can't be loaded: %2"),
     QT_TRANSLATE_NOOP(
         "Words",
         "Everything runs on the processor alone. Install the vendor's packages on the board again."),
     the_model},
    {"board.fell_back",
     QT_TRANSLATE_NOOP(
         "Words", "Nodes that the provider leaves to the processor: %2 (parts that it runs itself: %3)."),
     QT_TRANSLATE_NOOP("Words",
                       "--profile names them. Each change between the two costs time: see what the target "
                       "asks of these layers."),
     the_model},
    // Files of xslim. “%1” is a key of the file, or a name in it.
    {"config.unknown_key", QT_TRANSLATE_NOOP("Words", "“%1” is no key that xslim or this program knows."),
     QT_TRANSLATE_NOOP("Words", "It has no effect: check the spelling."), the_model},
    {"config.unused_key", QT_TRANSLATE_NOOP("Words", "“%1” has no effect here."),
     QT_TRANSLATE_NOOP("Words", "docs/formats.md says which keys are used at which precision level."),
     the_model},
    // {path}
    {"config.found_elsewhere", QT_TRANSLATE_NOOP("Words", "“%1” was found as %2."),
     QT_TRANSLATE_NOOP(
         "Words",
         "xslim looks for it in the current directory alone; here the file's own folder counts, too."),
     the_model},
    // {value used instead}
    {"config.instead", QT_TRANSLATE_NOOP("Words", "“%1”: %2 is used instead."),
     QT_TRANSLATE_NOOP("Words", "The model's input takes nothing else."), the_model},
    // {files of the longest list, of the shortest}
    {"config.lists_cut",
     QT_TRANSLATE_NOOP("Words", "The calibration lists have up to %2 files; only the first %3 are used."),
     QT_TRANSLATE_NOOP("Words", "The shortest list counts, as for xslim. Give every input as many files."),
     the_model},
    // {threshold method}
    {"config.own_search",
     QT_TRANSLATE_NOOP("Words",
                       "“%1 = default” is a search of xslim's own; the threshold method %2 is used."),
     QT_TRANSLATE_NOOP("Words",
                       "It looks for the smallest error too. minmax, percentile, kl and mse mean the same in "
                       "both programs."),
     the_model},
    {"config.needs_model", QT_TRANSLATE_NOOP("Words", "“%1” can't be converted without the model."),
     QT_TRANSLATE_NOOP("Words", "Give the model: the names have to be found in its graph."), the_model},
    {"config.unknown_tensor",
     QT_TRANSLATE_NOOP("Words", "The xslim file names a tensor “%1” that the prepared model does not have."),
     QT_TRANSLATE_NOOP("Words", "It has no effect. \"inspect\" lists the layers with their outputs."),
     the_model},
    {"config.unknown_node",
     QT_TRANSLATE_NOOP("Words", "The xslim file names a node “%1” that the model does not have."),
     QT_TRANSLATE_NOOP("Words", "It has no effect. \"inspect\" lists the layers with their nodes."),
     the_model},
    {"config.unknown_operator", QT_TRANSLATE_NOOP("Words", "The model has no layer with the operator “%1”."),
     QT_TRANSLATE_NOOP("Words", "The entry has no effect."), the_model},
    {"config.empty_part", QT_TRANSLATE_NOOP("Words", "“%1” covers no layer."),
     QT_TRANSLATE_NOOP("Words", "No way leads from its input_names to its output_names."), the_model},
    // {layer}
    {"config.part_of_layer", QT_TRANSLATE_NOOP("Words", "The node “%1” runs as part of the layer %2."),
     QT_TRANSLATE_NOOP("Words", "The whole layer stays float."), the_model},
    {"improve.float_file",
     QT_TRANSLATE_NOOP("Words",
                       "Nothing improved goes into a calibration cache or table: the other program "
                       "rounds the float model's weights itself."),
     QT_TRANSLATE_NOOP("Words", "An ONNX file has the improved weights."), the_model},
    {"improve.no_images",
     QT_TRANSLATE_NOOP("Words", "Nothing was improved: there are no images to do it on."),
     QT_TRANSLATE_NOOP("Words", "Give --images besides the statistics."), the_model},
    // {images, needed}
    {"improve.few_images",
     QT_TRANSLATE_NOOP(
         "Words", "Nothing was improved: the images are too few to judge by (%2, at least %3 are needed)."),
     QT_TRANSLATE_NOOP("Words", "Give more images; 16 and more are good."), the_model},
    // {layers, of how many}
    {"improved.stale",
     QT_TRANSLATE_NOOP(
         "Words", "Improved weights of %2 of %3 layers no longer fit the plan; these are rounded plainly."),
     QT_TRANSLATE_NOOP("Words", "Improve again."), the_model},
    // {tensors, of how many}
    {"improved.stale_ranges",
     QT_TRANSLATE_NOOP("Words",
                       "Improved ranges of %2 of %3 tensors were made for other choices or other statistics; "
                       "these have the plan's own."),
     QT_TRANSLATE_NOOP("Words", "Improve again."), the_model},
    {"improved.other_model",
     QT_TRANSLATE_NOOP("Words", "What was improved is of another model: nothing of it is used."),
     QT_TRANSLATE_NOOP("Words", "Improve this model."), the_model},
    // {opset of the file, opset written}
    {"config.opset", QT_TRANSLATE_NOOP("Words", "“%1 = %2”: the file written has opset %3."),
     QT_TRANSLATE_NOOP("Words",
                       "The opset is raised only as far as a choice needs, and never lowered below the "
                       "model's own."),
     the_model},
    // {key, value}
    {"config.no_word", QT_TRANSLATE_NOOP("Words", "xslim has no word for “%1”: %2 = %3. It is left out."),
     QT_TRANSLATE_NOOP("Words", "xslim will do what it always does there. Keep the plan file."), the_model},
    // {mode, level}
    {"config.nearest_level",
     QT_TRANSLATE_NOOP("Words", "The mode %2 becomes precision_level %3, the nearest that xslim has."),
     QT_TRANSLATE_NOOP("Words",
                       "At that level xslim quantizes the activations of MatMul at run time, and only the "
                       "weights of other operators."),
     the_model},
    {"config.written_out", QT_TRANSLATE_NOOP("Words", "“%1” was written out layer by layer."),
     QT_TRANSLATE_NOOP("Words", "xslim has no rules by name or position; the layers are the same."),
     the_model},
    // {key, value}
    {"config.implied", QT_TRANSLATE_NOOP("Words", "“%1”: %2 = %3 is what SpacemiT K1 gets anyway."),
     QT_TRANSLATE_NOOP("Words", "It need not be said, and converting back leaves it out."), the_model},
    {"config.add_data", QT_TRANSLATE_NOOP("Words", "The calibration images are no part of a plan."),
     QT_TRANSLATE_NOOP("Words", "Add %1 to the file before you give it to xslim."), the_model},
    {"config.not_in_plan", QT_TRANSLATE_NOOP("Words", "“%1” is no part of a plan: it is left out."),
     QT_TRANSLATE_NOOP("Words", "\"quantize --config\" uses it."), the_model},
    // {samples}
    {"analysis.random_inputs",
     QT_TRANSLATE_N_NOOP(
         "Words", "There are no images: the analysis ran on %n random input(s), normally distributed."),
     QT_TRANSLATE_NOOP("Words",
                       "Its figures show which layers round most, not how accurate the model is. Give "
                       "--images to measure that."),
     the_model, 1},
    // {key, value, value used instead}
    {"qat.nearest",
     QT_TRANSLATE_NOOP("Words", "PyTorch's fake quantizers have no %2 = %3; %4 is used instead."),
     QT_TRANSLATE_NOOP("Words", "The exported model still gets what the plan says."), the_model},
    {"qat.no_module",
     QT_TRANSLATE_NOOP("Words", "The name of “%1” does not tell which module it belongs to."),
     QT_TRANSLATE_NOOP(
         "Words",
         "It is not in the script. torch.onnx.export of PyTorch 1.13 and newer writes names such "
         "as /blocks.0/depthwise/Conv."),
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
