// Files of SpacemiT's quantizer: reading, what they choose as a plan, and plans in their words.
#include <QTemporaryDir>
#include <QtTest>

#include "core/base/atomic_file.h"
#include "core/export/export_qdq.h"
#include "core/xslim/comparison.h"
#include "core/xslim/from_plan.h"
#include "core/xslim/inputs.h"
#include "core/xslim/to_plan.h"
#include "tests/core/files.h"
#include "tests/support/prepared_models.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

Result<XslimConfig> read(const std::string& text) {
    const auto json = parse_json(text, ErrorCode::config_invalid, "x.json");
    return json ? xslim_from_json(*json, "x.json") : fail(json);
}

/// "code subject" of each problem.
Strings list(const std::vector<Problem>& problems) {
    Strings result;
    for (const Problem& problem : problems)
        result.push_back(problem.code + " " + problem.layer);
    return result;
}

bool has(const std::vector<Problem>& problems, const std::string& one) {
    const Strings all = list(problems);
    return std::find(all.begin(), all.end(), one) != all.end();
}

std::string mode_of(const Plan& plan, const std::string& layer) {
    const auto found = plan.layers.find(layer);
    return found == plan.layers.end() ? "" : found->second[Field::mode].value_or("");
}

Plan plan_of(const std::string& text, const Prepare& prepared, std::vector<Problem>& problems) {
    const auto config = read(text);
    return config ? plan_from_xslim(*config, prepared.get(), problems) : Plan{};
}

Result<XslimConfig> with_inputs(const Json& inputs) {
    return xslim_from_json({{"calibration_parameters", {{"input_parametres", inputs}}}}, "x.json");
}

std::string quantization(const std::string& keys) {
    return R"({"quantization_parameters": {)" + keys + "}}";
}

}  // namespace

class TestXslim : public QObject {
    Q_OBJECT

private slots:
    void every_key_is_used_or_named() {
        const auto config = read(R"({
            "model_parameters": {"onnx_model": "m/net.onnx", "output_prefix": "net8", "working_dir": "out",
                                 "skip_onnxsim": true, "opset": 17, "onnx_modle": "x"},
            "calibration_parameters": {"calibration_batch_size": 4, "calibration_step": 20,
                "calibration_device": "cuda", "calibration_type": "percentile",
                "input_parametres": [
                    {"input_name": "a", "input_shape": [1, 3, 8, 8], "file_type": "img", "color_format": "rgb",
                     "mean_value": [1, 2, 3], "std_value": [4, 5, 6], "preprocess_file": "PT_IMAGENET",
                     "data_list_path": "a.txt", "dtype": "float32"},
                    {"file_type": "raw", "mean_value": [0], "data_list_path": "b.txt", "dtype": "int64", "size": 3}]},
            "quantization_parameters": {"precision_level": 2, "finetune_level": 3, "max_percentile": 0.999,
                "analysis_enable": false, "truncate_var_names": ["t"], "ignore_op_types": ["Add"],
                "ignore_op_names": ["/x"], "custom_setting": [{"input_names": ["i"], "output_names": ["o"],
                    "max_percentile": 0.99, "precision_level": 0, "calibration_type": "kl", "color": 1}]},
            "extra": {}})");
        QVERIFY2(config, config ? "" : config.error().detail.c_str());
        QCOMPARE(config->model.string(), std::string("m/net.onnx"));
        QCOMPARE(config->output().string(), std::string("out/net8.onnx"));
        QCOMPARE(config->report(".md").string(), std::string("out/net8_report.md"));
        QCOMPARE(config->opset.value_or(0), 17);
        QCOMPARE(config->calibration_step, 20);
        QCOMPARE(config->calibration_type, std::string("percentile"));
        QCOMPARE(config->inputs.size(), 2U);
        QVERIFY(config->inputs[0].color == ColorFormat::rgb && config->inputs[1].file == XslimFile::raw);
        QCOMPARE(config->inputs[0].std, (std::vector<double>{4, 5, 6}));
        QVERIFY(config->inputs[1].dtype == ElementType::int64);
        QVERIFY(config->improve() == XslimImprove::best);
        QCOMPARE(config->custom[0].calibration_type.value_or(""), std::string("kl"));
        QVERIFY(!config->analysis);
        const std::string inputs = "calibration_parameters.input_parametres";
        Strings problems = list(config->problems),
                wanted = {"config.unknown_key extra",
                          "config.unknown_key model_parameters.onnx_modle",
                          "config.unknown_key " + inputs + "[1].size",
                          "config.unknown_key quantization_parameters.custom_setting[0].color",
                          "config.unused_key model_parameters.skip_onnxsim",
                          "config.unused_key calibration_parameters.calibration_device",
                          "config.unused_key calibration_parameters.calibration_batch_size",
                          "config.unused_key " + inputs + "[0].dtype",
                          "config.unused_key " + inputs + "[1].mean_value",
                          "config.unused_key quantization_parameters.custom_setting[0].max_percentile"};
        std::sort(problems.begin(), problems.end());
        std::sort(wanted.begin(), wanted.end());
        QCOMPARE(problems, wanted);
    }

    void defaults_are_xslims() {
        const auto config = read(R"({"model_parameters": {"onnx_model": "./net.onnx"},
            "calibration_parameters": {"input_parameters": [{}], "input_parametres": [{}, {}]}})");
        QVERIFY(config);
        QCOMPARE(config->output().string(), std::string("./net.q.onnx"));
        QCOMPARE(config->report(".html").string(), std::string("./net.q_report.html"));
        QVERIFY(config->inputs.size() == 1 && config->inputs[0].color == ColorFormat::bgr);
        QVERIFY(config->calibration_step == 500 && config->calibration_type == "default");
        QVERIFY(config->is_static() && config->analysis && config->improve() == XslimImprove::fast);
        QVERIFY(has(config->problems, "config.unused_key calibration_parameters.input_parametres"));
    }

    void wrong_files_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("detail");
        const auto row = [](const char* text, const char* detail) {
            QTest::newRow(detail) << text << detail;
        };
        row("[]", "{}: not an object");
        row(R"({"model_parameters": 3})", "model_parameters");
        row(R"({"model_parameters": {"onnx_model": 3}})", "model_parameters.onnx_model");
        row(R"({"model_parameters": {"output_prefix": "a/b"}})", "output_prefix");
        row(R"({"quantization_parameters": {"precision_level": 5}})", "precision_level: 0 to 4");
        row(R"({"quantization_parameters": {"finetune_level": 4}})", "finetune_level");
        row(R"({"quantization_parameters": {"max_percentile": 99.99}})", "max_percentile");
        row(R"({"quantization_parameters": {"ignore_op_types": "Add"}})", "ignore_op_types");
        row(R"({"quantization_parameters": {"custom_setting": [{"input_names": ["a"]}]}})",
            "custom_setting[0]");
        row(R"({"calibration_parameters": {"calibration_type": "entropy"}})", "\"entropy\"");
        row(R"({"calibration_parameters": {"input_parametres": {}}})", "input_parametres");
        row(R"({"calibration_parameters": {"input_parametres": [{"input_shape": [0, 3]}]}})", "input_shape");
        row(R"({"calibration_parameters": {"input_parametres": [{"file_type": "jpg"}]}})", "file_type");
    }
    void wrong_files() {
        QFETCH(QString, text);
        QFETCH(QString, detail);
        const auto config = read(text.toStdString());
        QVERIFY(!config);
        QVERIFY(config.error().code == ErrorCode::config_invalid);
        QVERIFY2(config.error().detail.find(detail.toStdString()) != std::string::npos,
                 config.error().detail.c_str());
    }

    void levels_become_modes() {
        const auto net = prepared(small_cnn());
        std::vector<Problem> none;
        const Plan zero = plan_of(quantization(R"("precision_level": 0)"), net, none);
        QCOMPARE(zero.defaults[Field::mode].value_or(""), std::string("static"));
        QCOMPARE(zero.target, std::string("spacemit-k1"));
        QCOMPARE(zero.model_sha256, net->original->sha256());
        const Plan two = plan_of(quantization(R"("precision_level": 2)"), net, none);
        QVERIFY(!two.defaults[Field::mode]);
        QCOMPARE(two.rules.size(), 1U);  // the model has no Sub, Mul, Div, Sigmoid
        QVERIFY(two.rules[0].op == "Add" && *two.rules[0].set[Field::mode] == "float");
        QCOMPARE(plan_of(quantization(R"("precision_level": 2)"), nullptr, none).rules.size(), 5U);
        const Plan three = plan_of(quantization(R"("precision_level": 3)"), nullptr, none);
        QCOMPARE(three.defaults[Field::mode].value_or(""), std::string("weight-only"));
        QVERIFY(three.rules[0].op == "MatMul" && *three.rules[0].set[Field::mode] == "dynamic");
        QVERIFY(!three.defaults[Field::threshold_method]);
        const Plan four =
            plan_of(quantization(R"("precision_level": 4, "ignore_op_types": ["Gemm"])"), net, none);
        QCOMPARE(four.defaults[Field::mode].value_or(""), std::string("fp16"));
        QVERIFY(four.rules.size() == 1 && four.rules[0].op == "Gemm");
        QCOMPARE(
            plan_of(quantization(R"("precision_level": 100)"), net, none).defaults[Field::mode].value_or(""),
            std::string("float"));
    }

    void the_own_search_of_xslim_is_named() {
        std::vector<Problem> problems;
        const Plan plan = plan_of("{}", nullptr, problems);
        QCOMPARE(plan.defaults[Field::threshold_method].value_or(""), std::string("mse"));
        QVERIFY(has(problems, "config.own_search calibration_parameters.calibration_type"));
        problems.clear();
        const Plan percentile = plan_of(R"({"calibration_parameters": {"calibration_type": "percentile"},
                        "quantization_parameters": {"max_percentile": 0.99995}})",
                                        nullptr, problems);
        QCOMPARE(percentile.defaults[Field::threshold_percentile].value_or(""), std::string("99.995"));
        QVERIFY(problems.empty());
    }

    void parts_of_the_graph() {
        const auto net = prepared(small_cnn());
        std::vector<Problem> problems;
        // From the stem's inner tensor on: the depthwise and the 1x1 convolution, not the residual Add.
        const Plan plan = plan_of(quantization(R"("custom_setting": [{
            "input_names": ["/stem/BatchNormalization_output_0", "/block/depthwise/Conv.weight"],
            "output_names": ["/block/project/Conv_output_0"], "calibration_type": "kl", "precision_level": 3}])"),
                                  net, problems);
        QCOMPARE(plan.layers.size(), 2U);
        const Settings& depthwise = plan.layers.at("/block/depthwise/Conv");
        QCOMPARE(depthwise[Field::threshold_method].value_or(""), std::string("kl"));
        QCOMPARE(depthwise[Field::mode].value_or(""), std::string("weight-only"));
        QVERIFY(plan.layers.contains("/block/project/Conv"));
        // A tensor that folding took away stands for the layer it went into.
        const Plan stem = plan_of(quantization(R"("custom_setting": [{"input_names": ["input"],
            "output_names": ["/stem/Conv_output_0"], "calibration_type": "mse"}])"),
                                  net, problems);
        QVERIFY(stem.layers.size() == 1 && stem.layers.contains("/stem/Conv"));
        // A truncation is one choice; what it cuts off is no part of the graph for the others.
        const Plan cut = plan_of(quantization(R"("truncate_var_names": ["/block/Add_output_0"],
            "custom_setting": [{"input_names": ["/stem/Relu_output_0"], "output_names": ["logits"],
                                "precision_level": 3}])"),
                                 net, problems);
        QCOMPARE(cut.truncate, Strings{"/block/Add_output_0"});
        QCOMPARE(cut.layers.size(), 3U);
        QVERIFY(cut.layers.contains("/block/Add") && !cut.layers.contains("/fc/Gemm"));
        problems.clear();
        plan_of(quantization(R"("custom_setting": [{"input_names": ["logits", "nowhere"],
            "output_names": ["input"], "precision_level": 2}])"),
                net, problems);
        QVERIFY(has(problems, "config.unknown_tensor nowhere"));
        problems.clear();
        plan_of(quantization(R"("custom_setting": [{"input_names": ["logits"],
            "output_names": ["input"], "precision_level": 2}])"),
                net, problems);
        QVERIFY(has(problems, "config.empty_part quantization_parameters.custom_setting[0]"));
        problems.clear();
        QCOMPARE(
            plan_of(quantization(R"("truncate_var_names": ["b", "a", "b"])"), nullptr, problems).truncate,
            (Strings{"a", "b"}));
        QCOMPARE(list(problems), Strings{"config.own_search calibration_parameters.calibration_type"});
    }

    void older_spellings() {
        const auto config = read(R"({"model_parameters": {"output_model_file_prefix": "net8"},
            "calibration_parameters": {"input_parametres": [{"input_shape": ["batch", 3, null, -1]}]},
            "quantization_parameters": {"auto_finetune_level": 2}})");
        QVERIFY2(config, config ? "" : config.error().detail.c_str());
        QCOMPARE(config->output_prefix, std::string("net8"));
        QVERIFY(config->improve() == XslimImprove::best);
        QVERIFY(config->inputs[0].shape == Shape({-1, 3, -1, -1}));
        QVERIFY(config->problems.empty());
        const auto both =
            read(R"({"quantization_parameters": {"auto_finetune_level": 2, "finetune_level": 0}})");
        QVERIFY(both && both->improve() == XslimImprove::none);
        QVERIFY(has(both->problems, "config.unused_key quantization_parameters.auto_finetune_level"));
    }

    void shapes_that_the_file_leaves_open() {
        ModelBuilder b;
        b.input("x", {1, 3, 8, 8}).output("y");
        b.node("Identity", "/y", {"x"}, {"y"});
        auto* dimensions = b.proto().mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type();
        for (const int axis : {0, 2})
            dimensions->mutable_shape()->mutable_dim(axis)->set_dim_param("open");
        const auto model = b.build();
        const auto shape = [&](const char* text) {
            const auto config = with_inputs(*parse_json(std::string(R"([{"input_shape": )") + text + "}]",
                                                        ErrorCode::config_invalid, "i"));
            const auto shapes = xslim_shapes(*config, *model);
            return shapes && shapes->contains("x") ? shapes->at("x") : Shape();
        };
        QCOMPARE(shape("[4, 3, 16, 8]"), (Shape{1, 3, 16, 8}));
        QCOMPARE(shape("[\"N\", null, 16, -1]"), (Shape{1, 3, 16, 8}));
        QCOMPARE(shape("[1, 3, \"height\", 8]"), Shape());  // nobody says it
    }

    void files_are_looked_for_beside_the_config() {
        const QTemporaryDir folder;
        const auto place = [&](const char* name) { return folder.filePath(name).toStdString(); };
        write(place("here/net.onnx"), "");
        write(place("there/lists/a.txt"), "");
        write(place("there/c.json"),
              "\xEF\xBB\xBF{ // as in the manual\n"
              "\"model_parameters\": {\"onnx_model\": \"net.onnx\", /* made */ "
              "\"working_dir\": \"out\"},"
              "\"calibration_parameters\": {\"input_parametres\": "
              "[{\"data_list_path\": \"./lists/a.txt\"}, {\"data_list_path\": \"b\"}]}}");
        auto config = read_xslim(place("there/c.json"));
        QVERIFY2(config, config ? "" : config.error().detail.c_str());
        place_files(*config, {place("here"), place("there")});
        QCOMPARE(config->output().string(), place("here/out/net.q.onnx"));
        QCOMPARE(config->inputs[0].list.string(), place("there/./lists/a.txt"));
        QCOMPARE(config->inputs[1].list.string(), std::string("b"));
        QCOMPARE(list(config->problems),
                 Strings{"config.found_elsewhere "
                         "calibration_parameters.input_parametres[0].data_list_path"});
    }

    void ignore_lists() {
        const auto net = prepared(small_cnn());
        std::vector<Problem> problems;
        const Plan plan = plan_of(quantization(R"("ignore_op_types": ["Add", "LSTM"],
            "ignore_op_names": ["/fc/Gemm", "/stem/Relu", "/gone"])"),
                                  net, problems);
        QVERIFY(plan.rules.size() == 1 && plan.rules[0].op == "Add");
        QCOMPARE(mode_of(plan, "/fc/Gemm"), std::string("float"));
        QCOMPARE(mode_of(plan, "/stem/Conv"), std::string("float"));
        QCOMPARE(plan.layers.size(), 2U);
        QVERIFY(has(problems, "config.unknown_operator LSTM"));
        QVERIFY(has(problems, "config.part_of_layer /stem/Relu"));
        QVERIFY(has(problems, "config.unknown_node /gone"));
    }

    void plans_survive_data() {
        QTest::addColumn<QString>("text");
        const auto row = [](const char* name, const char* text) { QTest::newRow(name) << text; };
        row("empty", "{}");
        row("static said", R"({"defaults": {"mode": "static"}})");
        row("threshold",
            R"({"defaults": {"activation": {"threshold": {"method": "percentile", "percentile": 99.95}}}})");
        row("level 2", R"({"rules": [{"match": {"op": "Add"}, "set": {"mode": "float"}}]})");
        row("one operator", R"({"rules": [{"match": {"op": "Gemm"}, "set": {"mode": "float"}}]})");
        row("fp16", R"({"defaults": {"mode": "fp16"}})");
        row("weights only", R"({"defaults": {"mode": "weight-only"}})");  // the model has no MatMul
        row("simplified only", R"({"defaults": {"mode": "float"}})");
        row("layers", R"({"defaults": {"activation": {"threshold": {"method": "kl"}}},
            "layers": {"/block/Add": {"activation": {"threshold": {"method": "percentile", "percentile": 99.9}}},
                       "/fc/Gemm": {"mode": "float"}}})");
        row("truncated",
            R"({"truncate": ["/block/Add_output_0"], "layers": {"/stem/Conv": {"mode": "float"}}})");
        row("dynamic, one layer float",
            R"({"defaults": {"mode": "fp16"}, "layers": {"/stem/Conv": {"mode": "float"}}})");
    }
    void plans_survive() {
        QFETCH(QString, text);
        const auto net = prepared(small_cnn());
        Json json = *parse_json(text.toStdString(), ErrorCode::plan_invalid, "p");
        json["quantwright_plan"] = 1;
        json["target"] = "spacemit-k1";
        json["model_sha256"] = net->original->sha256();
        const auto plan = plan_from_json(json, "p");
        QVERIFY2(plan, plan ? "" : plan.error().detail.c_str());
        std::vector<Problem> problems;
        const Json words = xslim_from_plan(*plan, net.get(), "net.onnx", problems);
        QCOMPARE(list(problems), Strings{"config.add_data calibration_parameters.input_parametres"});
        const auto config = xslim_from_json(*parse_json(to_text(words), ErrorCode::config_invalid, "w"), "w");
        QVERIFY(config && config->problems.empty());
        QVERIFY(config->improve() == XslimImprove::none);
        const Plan back = plan_from_xslim(*config, net.get(), problems);
        QCOMPARE(to_text(to_json(back)), to_text(to_json(*plan)));
    }

    void dynamic_survives() {
        ModelBuilder b;
        b.input("x", {1, 4, 8}).output("y").weight("w", {8, 8}).weight("v", {8, 8});
        b.node("MatMul", "/a/MatMul", {"x", "w"}, {"h"});
        b.node("MatMul", "/b/MatMul", {"h", "v"}, {"y"});
        const auto net = prepared(b.build());
        std::vector<Problem> problems;
        const Plan plan =
            plan_of(quantization(R"("precision_level": 3, "ignore_op_names": ["/b/MatMul"])"), net, problems);
        const Json words = xslim_from_plan(plan, net.get(), {}, problems);
        QCOMPARE(words["quantization_parameters"]["precision_level"].get<int>(), 3);
        const Plan back = plan_of(to_text(words), net, problems);
        QCOMPARE(to_text(to_json(back)), to_text(to_json(plan)));
        QCOMPARE(list(problems), Strings{"config.add_data calibration_parameters.input_parametres"});
    }

    void truncation_where_xslim_has_no_word_for_it() {
        // At levels 3 and 4 it becomes layers that are left out, which makes the same file.
        const auto net = prepared(small_cnn());
        Plan plan;
        plan.target = "spacemit-k1";
        plan.defaults.set(Field::mode, "fp16");
        plan.truncate = {"/block/Add_output_0", "/gone"};
        std::vector<Problem> problems;
        const Json words = xslim_from_plan(plan, net.get(), {}, problems);
        QCOMPARE(words["quantization_parameters"]["ignore_op_names"].get<Strings>(),
                 (Strings{"/pool/GlobalAveragePool", "/Flatten", "/fc/Gemm"}));
        QVERIFY(!words["quantization_parameters"].contains("truncate_var_names"));
        QVERIFY(has(problems, "config.written_out truncate") &&
                has(problems, "plan.truncation_unknown /gone"));
        problems.clear();
        static_cast<void>(xslim_from_plan(plan, nullptr, {}, problems));
        QVERIFY(has(problems, "config.needs_model truncate"));
    }

    void what_xslim_has_no_word_for_is_named() {
        const auto net = prepared(small_cnn());
        Plan plan;
        plan.target = "onnxruntime-x86";
        plan.preset = "fbgemm";
        plan.defaults.set(Field::weight_format, "int4");
        plan.defaults.set(Field::activation_format, "int8");
        plan.defaults.set(Field::threshold_method, "histogram");
        Rule rule{"/block/*", "", "", {}};
        rule.set.set(Field::mode, "float");
        plan.rules = {rule};
        plan.layers["/fc/Gemm"].set(Field::mode, "dynamic");
        plan.layers["/gone"].set(Field::mode, "float");
        plan.tensors["logits"].set(Field::clip, "-1,1");
        plan.excluded_images = {"a.png"};
        std::vector<Problem> problems;
        const Json words = xslim_from_plan(plan, net.get(), {}, problems);
        Strings all = list(problems),
                wanted = {
                    "config.no_word plan",     "config.no_word plan",
                    "config.no_word plan",                                 // target, preset, image
                    "config.no_word defaults", "config.no_word defaults",  // int4, histogram
                    "config.implied defaults", "config.written_out rules[0]",
                    "config.no_word /fc/Gemm", "plan.unknown_layer /gone",
                    "config.no_word logits",   "config.add_data calibration_parameters.input_parametres"};
        std::sort(all.begin(), all.end());
        std::sort(wanted.begin(), wanted.end());
        QCOMPARE(all, wanted);
        QCOMPARE(words["quantization_parameters"]["ignore_op_names"].get<Strings>(),
                 (Strings{"/block/depthwise/Conv", "/block/project/Conv", "/block/Add"}));
        problems.clear();
        QVERIFY(xslim_from_plan(plan, nullptr, {}, problems).is_object());
        QVERIFY(has(problems, "config.needs_model rules[0]"));
    }

    void data_of_every_kind() {
        const QTemporaryDir folder;
        const auto place = [&](const char* name) { return folder.filePath(name).toStdString(); };
        ModelBuilder b;
        b.input("image", {1, 3, 4, 4}).input("array", {1, 2}).input("bytes", {1, 3}).output("y");
        b.node("Identity", "/y", {"image"}, {"y"});
        const auto model = b.build();
        write(place("lists/data/a.npy"), npy<float>("<f4", "(1, 2)", {1, 2}));
        write(place("lists/data/b.npy"), npy<float>("<f4", "(2,)", {3, 4}));
        const std::vector<float> raw = {5, 6, 7};
        write(place("lists/data/raw.bin"), std::string(reinterpret_cast<const char*>(raw.data()), 12));
        // A colour image without a decoder's rounding: PPM is read by content, whatever its name.
        std::string bmp("BM", 2);
        const auto put = [&](std::uint32_t value, int bytes) {
            for (int i = 0; i < bytes; ++i)
                bmp += static_cast<char>(value >> 8 * i & 255);
        };
        put(54 + 48, 4), put(0, 4), put(54, 4), put(40, 4), put(4, 4), put(4, 4), put(1, 2), put(24, 2);
        for (int i = 0; i < 6; ++i)
            put(0, 4);
        for (int i = 0; i < 16; ++i)
            put(0x302010, 3);  // blue 16, green 32, red 48
        write(place("lists/data/i.bmp"), bmp);
        write(place("lists/images.txt"), "data/i.bmp\ndata/i.bmp\ndata/i.bmp\n");
        write(place("lists/arrays.txt"), "data/a.npy\n\ndata/b.npy\n");
        write(place("lists/raws.txt"), "data/raw.bin\n");
        const Json inputs = {
            {{"input_name", "bytes"}, {"file_type", "raw"}, {"data_list_path", place("lists/raws.txt")}},
            {{"input_name", "image"},
             {"mean_value", {10, 20, 30}},
             {"std_value", {2, 4, 6}},
             {"data_list_path", place("lists/images.txt")}},
            {{"input_name", "array"}, {"file_type", "npy"}, {"data_list_path", place("lists/arrays.txt")}}};
        const auto config = with_inputs(inputs);
        QVERIFY2(config, config ? "" : config.error().detail.c_str());
        QVERIFY(has_data(*config) && check_data(*config));
        std::vector<Problem> problems;
        auto sources = xslim_sources(*config, *model, problems);
        QVERIFY2(sources, sources ? "" : sources.error().detail.c_str());
        QCOMPARE(list(problems), Strings{"config.lists_cut calibration_parameters.input_parameters"});
        const auto reader = InputReader::create(std::move(*sources));
        QVERIFY(reader);
        QCOMPARE((*reader)->size(), 2);  // three images, two arrays, one file for all
        const auto second = (*reader)->load(1);
        QVERIFY2(second, second ? "" : second.error().detail.c_str());
        QCOMPARE((*second)[0].floats()[0], (16.0f - 10) / 2);  // blue first, mean and std of 0 to 255
        QCOMPARE((*second)[0].floats()[16], (32.0f - 20) / 4);
        QCOMPARE((*second)[0].floats()[32], (48.0f - 30) / 6);
        QCOMPARE((*second)[1].floats()[1], 4.0f);
        QCOMPARE((*second)[2].floats()[2], 7.0f);
    }

    void missing_data_and_scripts_are_errors() {
        const auto code = [](const std::string& input) {
            const auto config =
                with_inputs(*parse_json("[" + input + "]", ErrorCode::config_invalid, "inputs"));
            const Status status = check_data(*config);
            return status ? std::string("none") : std::string(name_of(status.error().code));
        };
        QCOMPARE(code(""), std::string("config.no_data"));
        QCOMPARE(code(R"({"color_format": "rgb"})"), std::string("config.no_data"));
        QCOMPARE(code(R"({"data_list_path": "l", "preprocess_file": "pre.py:load"})"),
                 std::string("config.script"));
        QCOMPARE(code(R"({"data_list_path": "l", "preprocess_file": "IMAGENET"})"), std::string("none"));
    }

    void presets_of_xslim() {
        const auto net = prepared(small_cnn());
        const auto preprocess = [&](const std::string& keys) {
            Json input = *parse_json("{" + keys + "}", ErrorCode::config_invalid, "input");
            input["data_list_path"] = "l";
            const auto config = with_inputs(Json::array({input}));
            std::vector<Problem> problems;
            return **xslim_preprocess(*config, *net->model, problems);
        };
        const Preprocess torch = preprocess(R"("preprocess_file": "PT_IMAGENET", "color_format": "rgb",
            "mean_value": [123.675, 116.28, 103.53], "std_value": [58.395, 57.12, 57.375])");
        QVERIFY(torch.resize == ResizeMode::short_side && torch.size.height == 18);  // int(16 / 0.875)
        QVERIFY(torch.filter == ResizeFilter::pillow_bilinear && torch.crop == Size({16, 16}));
        QVERIFY(torch.color == ColorFormat::rgb && torch.scale == 1 && torch.mean[0] == 123.675);
        const Preprocess opencv = preprocess(R"("preprocess_file": "IMAGENET")");
        QVERIFY(opencv.filter == ResizeFilter::area && opencv.crop == Size({16, 16}));
        QVERIFY(opencv.color == ColorFormat::bgr && opencv.mean == std::vector<double>(3, 0.0));
        const Preprocess plain = preprocess("");
        QVERIFY(plain.resize == ResizeMode::stretch && plain.size == Size({16, 16}) && !plain.crop);
        QVERIFY(plain.std == std::vector<double>(3, 1.0));
    }

    void comparison_has_xslims_columns() {
        const auto net = prepared(small_cnn());
        Plan plan;
        plan.target = "spacemit-k1";
        plan.defaults.set(Field::mode, "weight-only");
        const auto resolved = resolve(net, nullptr, plan);
        QVERIFY(resolved);
        const QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("q.onnx").toStdString();
        QVERIFY(export_qdq(**resolved, file));
        const auto quantized = Model::load(file);
        QVERIFY(quantized);
        const auto comparison = compare_tensors(**resolved, **quantized, random_sampler(*net->model), 3, 1);
        QVERIFY2(comparison, comparison ? "" : comparison.error().detail.c_str());
        QCOMPARE(comparison->samples, 3);
        QCOMPARE(comparison->layers.size(), 4U);  // three convolutions and Gemm
        double before = 1e9;
        std::set<std::string> seen;
        for (const LayerComparison& layer : comparison->layers) {
            QVERIFY(layer.worst <= before && layer.worst > 0);
            before = layer.worst;
            for (const TensorComparison& tensor : layer.tensors) {
                QVERIFY2(seen.insert(tensor.tensor).second, tensor.tensor.c_str());
                std::uint64_t counted = 0;
                for (const auto bin : tensor.histogram)
                    counted += bin;
                QCOMPARE(counted, static_cast<std::uint64_t>(tensor.error.count()));
                if (tensor.tensor == "input")
                    QCOMPARE(tensor.noise_to_signal(), 0.0);
            }
        }
        // The weight's own error, worked out here: int8 with absmax / 127 per channel.
        const auto& stem = *std::find_if(comparison->layers.begin(), comparison->layers.end(),
                                         [](const LayerComparison& one) { return one.name == "/stem/Conv"; });
        const auto& weight = *std::find_if(stem.tensors.begin(), stem.tensors.end(),
                                           [](const TensorComparison& one) { return one.constant; });
        const Tensor values = net->model->weight(weight.tensor);
        double signal = 0, noise = 0;
        const std::size_t row = values.floats().size() / 8;
        for (std::size_t c = 0; c < 8; ++c) {
            float largest = 0;
            for (std::size_t i = 0; i < row; ++i)
                largest = std::max(largest, std::abs(values.floats()[c * row + i]));
            const float scale = largest / 127;
            for (std::size_t i = 0; i < row; ++i) {
                const double x = values.floats()[c * row + i], q = std::nearbyint(x / scale) * scale;
                signal += x * x;
                noise += (q - x) * (q - x);
            }
        }
        QVERIFY2(std::abs(weight.noise_to_signal() / (noise / signal) - 1) < 1e-4,
                 qPrintable(QString("%1, not %2").arg(weight.noise_to_signal()).arg(noise / signal)));
        const std::string text = comparison_markdown(*comparison, {"A note."});
        QVERIFY(text.starts_with("| Op | Var | SNR | MSE | Cosine | Q.MinMax | F.MinMax | F.Hist |\n|"));
        QVERIFY(text.find("| /stem/Conv[Conv] | " + weight.tensor + "[Constant] | ") != std::string::npos);
        QVERIFY(text.ends_with("\nA note.\n"));
    }
};

QTEST_GUILESS_MAIN(TestXslim)
#include "test_xslim.moc"
