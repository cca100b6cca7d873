// Target files: all of them load, wrong ones are refused by name, and what a target can't run is said.
#include <onnx/onnx_pb.h>

#include <QtTest>

#include "core/export/export_qdq.h"
#include "core/plan/builtin_targets.h"
#include "core/plan/resolve.h"
#include "core/plan/target.h"
#include "tests/core/files.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using testing::ModelBuilder;

namespace {

Json builtin(const std::string& name) {
    for (const auto text : builtin_targets()) {
        const auto json = parse_json(text, ErrorCode::plan_invalid, name);
        if (json && json->value("name", "") == name)
            return *json;
    }
    return {};
}

struct Case {
    std::shared_ptr<const Prepared> prepared;
    std::shared_ptr<const Statistics> statistics;

    explicit Case(const std::shared_ptr<const Model>& model) : prepared(*prepare(model)) {
        statistics = testing::reference_statistics(*prepared, testing::random_inputs(*prepared->model, 4));
    }
    [[nodiscard]] std::shared_ptr<const Resolved> operator()(const Plan& plan) const {
        return *resolve(prepared, statistics, plan);
    }
    [[nodiscard]] std::shared_ptr<const Resolved> operator()(const std::string& target) const {
        Plan plan;
        plan.target = target;
        return (*this)(plan);
    }
};

/// Arguments of every plan.target_refuses about this layer.
std::vector<std::vector<std::string>> refused(const Resolved& resolved, const std::string& layer) {
    std::vector<std::vector<std::string>> result;
    for (const Problem& problem : resolved.problems)
        if (problem.code == "plan.target_refuses" && problem.layer == layer)
            result.push_back(problem.arguments);
    return result;
}

/// A residual block whose branches join in Add, a pool between, a grouped convolution, a float Softmax
/// beside a quantized reader.
std::shared_ptr<const Model> residual() {
    ModelBuilder b(17, 5);
    b.input("x", {1, 3, 16, 16}).output("y").output("soft");
    b.conv("stem", "x", "s0", 3, 8);
    b.node("Relu", "stem.relu", {"s0"}, {"s1"});
    auto& pool = b.node("MaxPool", "pool", {"s1"}, {"p"});
    set_attribute(pool, "kernel_shape", std::vector<std::int64_t>{2, 2});
    set_attribute(pool, "strides", std::vector<std::int64_t>{2, 2});
    b.conv("left", "p", "l", 8, 8, 3, 2);
    b.node("Add", "join", {"l", "p"}, {"j"});
    b.node("Softmax", "softmax", {"j"}, {"soft"});
    b.conv("last", "j", "y", 8, 4, 1);
    return b.build();
}

}  // namespace

class TestTargets : public QObject {
    Q_OBJECT

private slots:
    void every_file_is_a_target() {
        QCOMPARE(target_names().size(), builtin_targets().size());
        const Case c(testing::small_cnn());
        for (const std::string& name : target_names()) {
            const auto json = builtin(name);
            const auto target = target_from_json(json, name);
            QVERIFY2(target, target ? "" : target.error().detail.c_str());
            QVERIFY2(!target->notes.empty() && !target->label.empty(), name.c_str());
            const auto resolved = c(name);
            QVERIFY2(resolved->quantized_layers() >= 4, name.c_str());
            // What it does by itself is what it runs.
            for (const Problem& problem : resolved->problems)
                QVERIFY2(problem.code != "plan.target_refuses", name.c_str());
        }
    }

    void wrong_files_data() {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("where");
        const auto row = [](const char* pointer, const char* value, const char* where) {
            QTest::newRow((std::string(pointer) + " " + value).c_str()) << pointer << value << where;
        };
        row("/quantwright_target", "2", "target.quantwright_target:");
        row("/quantwright_target", "\"1\"", "target.quantwright_target:");
        row("/name", "7", "target.name:");
        row("/name", "\"\"", "target.name:");
        row("/label", "[]", "target.label:");
        row("/speed", "1", "target.speed:");
        row("/modes", "\"static\"", "target.modes:");
        row("/modes", "[\"static\", \"fast\"]", "target.modes:");
        row("/activation_formats", "[8]", "target.activation_formats:");
        row("/weight_formats", "[\"int9\"]", "target.weight_formats:");
        row("/scale_floor", "\"small\"", "target.scale_floor:");
        row("/scale_floor", "0", "target.scale_floor:");
        row("/scale_floor", "-1e-9", "target.scale_floor:");
        row("/scale_floor", "1e300", "target.scale_floor:");
        row("/integer_bias", "1", "target.integer_bias:");
        row("/float_output_of_gemm", "\"yes\"", "target.float_output_of_gemm:");
        row("/float_inputs", "{}", "target.float_inputs:");
        row("/runs_on_host", "null", "target.runs_on_host:");
        row("/emits_unsigned", "0", "target.emits_unsigned:");
        row("/requantizes_float_weights", "1", "target.requantizes_float_weights:");
        row("/one_weight_zero_point", "\"\"", "target.one_weight_zero_point:");
        row("/dynamic_matmul", "[]", "target.dynamic_matmul:");
        row("/pairs_at_inputs", "\"true\"", "target.pairs_at_inputs:");
        row("/one_scale_per_group", "2", "target.one_scale_per_group:");
        row("/onnx_arithmetic", "\"no\"", "target.onnx_arithmetic:");
        row("/sidecar", "\"openvino\"", "target.sidecar:");
        row("/sidecar", "true", "target.sidecar:");
        row("/notes", "\"one\"", "target.notes:");
        row("/notes", "[1]", "target.notes:");
        row("/operators", "[]", "target.operators:");
        row("/operators/Conv", "\"compute\"", "target.operators.Conv:");
        row("/operators/Conv/role", "\"fast\"", "target.operators.Conv.role:");
        row("/operators/Conv/role", "1", "target.operators.Conv.role:");
        row("/operators/Conv/per_channel", "1", "target.operators.Conv.per_channel:");
        row("/operators/Conv/static", "\"no\"", "target.operators.Conv.static:");
        row("/operators/Conv/dynamic", "0", "target.operators.Conv.dynamic:");
        row("/operators/Conv/colour", "true", "target.operators.Conv.colour:");
        row("/operators/Gelu", "{}", "target.operators.Gelu.role:");
        row("/allowed", "[]", "target.allowed:");
        row("/allowed/weight.colour", "[true]", "target.allowed.weight.colour:");
        row("/allowed/weight.block_size", "[32]", "target.allowed.weight.block_size:");
        row("/allowed/activation.symmetric", "true", "target.allowed.activation.symmetric:");
        row("/allowed/activation.symmetric", "[]", "target.allowed.activation.symmetric:");
        row("/allowed/activation.symmetric", "[\"true\"]", "target.allowed.activation.symmetric:");
        row("/allowed/activation.range", "[true]", "target.allowed.activation.range:");
        row("/defaults", "3", "target.defaults:");
        row("/defaults/weight/colour", "3", "weight.colour");
        row("/defaults/rounding", "\"up\"", "rounding");
        row("/defaults/clip", "[0, 1]", "target.defaults.clip:");
        // The target itself has to run its defaults.
        row("/defaults/mode", "\"dynamic\"", "target.defaults.mode:");
        row("/defaults/activation/format", "\"uint8\"", "target.defaults.activation.format:");
        row("/defaults/weight/format", "\"int4\"", "target.defaults.weight.format:");
        row("/defaults/activation/symmetric", "false", "target.defaults.activation.symmetric:");
    }
    void wrong_files() {
        QFETCH(const QString, pointer);
        QFETCH(const QString, value);
        QFETCH(const QString, where);
        Json json = builtin("tensorrt");
        QVERIFY(target_from_json(json, "t.json"));
        json[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
        const auto target = target_from_json(json, "t.json");
        QVERIFY(!target);
        QCOMPARE(target.error().code, ErrorCode::plan_invalid);
        QCOMPARE(target.error().subject, std::string("t.json"));
        QVERIFY2(QString::fromStdString(target.error().detail).contains(where),
                 target.error().detail.c_str());
    }

    void missing_keys() {
        for (const char* key : {"quantwright_target", "name", "defaults", "operators", "modes",
                                "activation_formats", "weight_formats"}) {
            Json json = builtin("ncnn");
            json.erase(key);
            const auto target = target_from_json(json, "t.json");
            QVERIFY2(!target, key);
            QVERIFY2(target.error().detail.starts_with(std::string("target.") + key + ":"),
                     target.error().detail.c_str());
        }
        // Resolving takes every field from the defaults: they must be complete.
        for (const FieldInfo& field : fields()) {
            if (field.field == Field::clip)
                continue;
            Json json = builtin("ncnn");
            Json* place = &json["defaults"];
            std::string path(field.path);
            for (auto dot = path.find('.'); dot != std::string::npos; dot = path.find('.')) {
                place = &(*place)[path.substr(0, dot)];
                path.erase(0, dot + 1);
            }
            QCOMPARE(place->erase(path), std::size_t(1));
            const auto target = target_from_json(json, "t.json");
            QVERIFY2(!target, path.c_str());
            QCOMPARE(target.error().detail, "target.defaults." + std::string(field.path) + ": is not there");
        }
        QVERIFY(!target_from_json(Json::array(), "t.json"));
        QVERIFY(!target_from_json(Json(), "t.json"));
    }

    void a_new_target_is_a_new_file() {
        const auto json = parse_json(R"({
            "quantwright_target": 1, "name": "abacus", "label": "Abacus 3000",
            "defaults": {
                "mode": "static",
                "activation": { "format": "uint8", "symmetric": false, "granularity": "tensor",
                                "range": "full", "scale": "power-of-two", "divisor": "qmax",
                                "threshold": { "method": "kl", "percentile": 99 } },
                "weight": { "format": "int8", "symmetric": true, "granularity": "tensor",
                            "block_size": 16, "range": "restricted", "scale": "power-of-two",
                            "divisor": "qmax", "storage": "int8" },
                "rounding": "half-away" },
            "operators": { "Conv": { "role": "compute", "needs_constant_weight": true },
                           "Relu": { "role": "activation" } },
            "modes": ["static"],
            "activation_formats": ["uint8"],
            "weight_formats": ["int8"],
            "allowed": { "activation.scale": ["power-of-two"], "rounding": ["half-away"] },
            "scale_floor": 0.0009765625 })",
                                     ErrorCode::plan_invalid, "abacus.json");
        QVERIFY(json);
        const auto target = target_from_json(*json, "abacus.json");
        QVERIFY2(target, target ? "" : target.error().detail.c_str());
        QCOMPARE(target->label, std::string("Abacus 3000"));
        QCOMPARE(target->scale_floor, 0x1p-10f);
        QVERIFY(target->modes.contains("float"));
        QCOMPARE(target->allowed.at(Field::activation_scale), (std::set<std::string>{"power-of-two"}));
        QVERIFY(!target->operators.at("Conv").per_channel);
        const auto prepared = *prepare(testing::small_cnn());
        int able = 0;
        for (int i = 0; i < static_cast<int>(prepared->layers.size()); ++i)
            able += quantizable(*prepared, i, *target) == KeptFloat::no ? 1 : 0;
        QCOMPARE(able, 3);  // its convolutions; the rest of the network has no operator there
    }

    /// The schema that people read has the keys that the program takes, and the values.
    void the_schema_of_the_documentation() {
        const std::filesystem::path sample = QUANTWRIGHT_SAMPLE_DIR;
        const std::string page = testing::bytes_of(sample / "../../docs/formats.md");
        const auto title = page.find("\"title\": \"Quantwright target\"");
        QVERIFY(title != std::string::npos);
        const auto begin = page.rfind("```json\n", title) + 8, end = page.find("```", title);
        const auto schema =
            parse_json(page.substr(begin, end - begin), ErrorCode::plan_invalid, "formats.md");
        QVERIFY2(schema, schema ? "" : schema.error().detail.c_str());
        const auto unknown = [](const Json& json) {
            const auto target = target_from_json(json, "t.json");
            return !target && target.error().detail.ends_with("there is no such key");
        };
        for (const auto& [key, value] : schema->at("properties").items()) {
            Json json = builtin("tensorrt");
            json[key] = Json();  // of no key's kind
            QVERIFY2(!target_from_json(json, "t.json") && !unknown(json), key.c_str());
            json.erase(key);
            const auto& required = schema->at("required");
            const bool wanted = std::find(required.begin(), required.end(), key) != required.end();
            QVERIFY2(target_from_json(json, "t.json").has_value() != wanted, key.c_str());
        }
        const Json& properties = schema->at("properties");
        const Json& of_operator = properties.at("operators").at("additionalProperties").at("properties");
        for (const auto& [key, value] : of_operator.items()) {
            Json json = builtin("tensorrt");
            json["operators"]["Conv"][key] = Json();
            QVERIFY2(!target_from_json(json, "t.json") && !unknown(json), key.c_str());
        }
        for (const std::string& name : target_names()) {
            const Json json = builtin(name);  // items() does not keep a temporary
            for (const auto& [key, value] : json.items())
                QVERIFY2(properties.contains(key), key.c_str());
        }
        const auto same = [&](const char* key, Field field) {
            const auto names = properties.at(key).at("items").at("enum").get<std::set<std::string>>();
            return names == std::set<std::string>(info(field).values.begin(), info(field).values.end());
        };
        QVERIFY(same("modes", Field::mode));
        QVERIFY(same("activation_formats", Field::activation_format));
        QVERIFY(same("weight_formats", Field::weight_format));
    }

    void arm_is_x86_with_signed_codes() {
        const auto arm = *find_target("onnxruntime-arm"), x86 = *find_target("onnxruntime-x86");
        QVERIFY(!arm->runs_on_host && x86->runs_on_host);
        QCOMPARE(*arm->defaults[Field::activation_format], std::string("int8"));
        QCOMPARE(*arm->defaults[Field::weight_storage], std::string("int8"));
        QCOMPARE(arm->operators.size(), x86->operators.size());
        QCOMPARE(arm->modes, x86->modes);
        const Case c(testing::small_cnn());
        const auto resolved = c("onnxruntime-arm");
        for (const ResolvedLayer& layer : resolved->layers)
            if (layer.weight)
                QCOMPARE(layer.weight->storage, ElementType::int8);
        Plan unsigned_codes;
        unsigned_codes.target = "onnxruntime-arm";
        unsigned_codes.defaults.set(Field::activation_format, "uint8");
        unsigned_codes.defaults.set(Field::weight_storage, "uint8");
        const auto u8u8 = c(unsigned_codes);
        QVERIFY(refused(*u8u8, "/stem/Conv").empty());
        QCOMPARE(u8u8->layers.front().weight->storage, ElementType::uint8);
    }

    void what_a_target_refuses() {
        const Case c(testing::small_cnn());
        Plan plan;
        plan.target = "tensorrt";
        plan.layers["/stem/Conv"].set(Field::activation_format, "uint8");
        plan.layers["/stem/Conv"].set(Field::activation_symmetric, "false");
        plan.layers["/stem/Conv"].set(Field::weight_storage, "uint8");
        plan.layers["/block/project/Conv"].set(Field::mode, "dynamic");
        const auto resolved = c(plan);
        auto all = refused(*resolved, "/stem/Conv");
        std::sort(all.begin(), all.end());
        QCOMPARE(all,
                 (std::vector<std::vector<std::string>>{{"activation.format", "uint8", "int8", "TensorRT"},
                                                        {"activation.symmetric", "false", "true", "TensorRT"},
                                                        {"weight.storage", "uint8", "int8", "TensorRT"}}));
        // The nearest thing is really used.
        const auto& choices = resolved->layers.front();
        QCOMPARE(choices[Field::activation_symmetric].value, std::string("true"));
        const auto stem = *c.prepared->model->graph().find_tensor("/stem/Relu_output_0");
        QCOMPARE(resolved->tensors[static_cast<std::size_t>(stem)]->parameters.zero_point.front(), 0);
        const auto mode = refused(*resolved, "/block/project/Conv");
        QCOMPARE(mode.size(), std::size_t(1));
        QCOMPARE(mode[0][0], std::string("mode"));
        QCOMPARE(mode[0][2], std::string("fp16"));
        // More precision was wanted: not less is given.
        Plan half;
        half.target = "ncnn";
        half.layers["/stem/Conv"].set(Field::mode, "fp16");
        const auto ncnn = c(half);
        QCOMPARE(refused(*ncnn, "/stem/Conv")[0][2], std::string("float"));
        QVERIFY(!ncnn->layers.front().quantized());
    }

    void presets_are_adapted_without_a_word() {
        const Case c(testing::small_cnn());
        Plan plan;
        plan.target = "ncnn";
        plan.preset = "tensorrt";  // full range, ties to even
        const auto resolved = c(plan);
        for (const Problem& problem : resolved->problems)
            QVERIFY(problem.code != "plan.target_refuses");
        QCOMPARE(resolved->layers.front()[Field::activation_range].value, std::string("restricted"));
        QCOMPARE(resolved->layers.front()[Field::rounding].value, std::string("half-away"));
    }

    void tensorrt_has_its_pairs_at_inputs() {
        const Case c(residual());
        const auto resolved = c("tensorrt");
        const onnx::ModelProto model = build_qdq(*resolved);
        std::map<std::string, const onnx::NodeProto*> producers;
        for (const auto& node : model.graph().node())
            for (const auto& output : node.output())
                producers[output] = &node;
        const auto made_by = [&](const std::string& name) {
            const auto found = producers.find(name);
            return found == producers.end() ? std::string() : found->second->op_type();
        };
        int quantized_reads = 0, pairs = 0;
        std::map<std::string, std::int32_t> readers_of_codes;
        for (const auto& node : model.graph().node()) {
            pairs += node.op_type() == "QuantizeLinear" ? 1 : 0;
            if (node.op_type() == "Conv") {
                // Activation and weight come out of a DequantizeLinear, the bias is float.
                QCOMPARE(made_by(node.input(0)), std::string("DequantizeLinear"));
                QCOMPARE(made_by(node.input(1)), std::string("DequantizeLinear"));
                QCOMPARE(made_by(node.input(2)), std::string());
                ++quantized_reads;
            } else if (node.op_type() == "Add") {
                QCOMPARE(made_by(node.input(0)), std::string("DequantizeLinear"));
                QCOMPARE(made_by(node.input(1)), std::string("DequantizeLinear"));
                quantized_reads += 2;
            } else if (node.op_type() == "MaxPool" || node.op_type() == "Softmax") {
                QVERIFY(made_by(node.input(0)) != "DequantizeLinear");
            }
        }
        QCOMPARE(quantized_reads, 5);
        QCOMPARE(pairs, 4);  // x, p (for both its readers), l, j: not s1, not the outputs
        QCOMPARE(made_by("y"), std::string("Conv"));
        QCOMPARE(made_by("j"), std::string("Add"));
        for (const auto& tensor : resolved->tensors) {
            if (!tensor)
                continue;
            const Range range = c.statistics->find(c.prepared->model->graph()[tensor->tensor].name)->range;
            QCOMPARE(tensor->parameters.scale.front(),
                     static_cast<float>(std::max(-double(range.min), double(range.max)) / 127));
            QCOMPARE(tensor->parameters.zero_point.front(), 0);
            QCOMPARE(tensor->parameters.qmin, -128);
            QCOMPARE(tensor->parameters.qmax, 127);
        }
        for (const ResolvedLayer& layer : resolved->layers) {
            QVERIFY(!layer.bias);
            if (layer.weight)
                QVERIFY(layer.weight->parameters.per_channel());
        }
    }

    void ncnn_quantizes_what_convolutions_read() {
        const Case c(residual());
        const auto resolved = c("ncnn");
        std::set<std::string> pairs;
        for (const auto& tensor : resolved->tensors)
            if (tensor) {
                pairs.insert(c.prepared->model->graph()[tensor->tensor].name);
                QCOMPARE(tensor->parameters.qmin, -127);
                QCOMPARE(tensor->parameters.rounding, Rounding::half_away);
            }
        QCOMPARE(pairs, (std::set<std::string>{"x", "p", "j"}));
        QCOMPARE(resolved->quantized_layers(), 3);
        // Two groups of four channels: one scale each.
        const auto left =
            static_cast<std::size_t>(c.prepared->find_layer("left") - c.prepared->layers.data());
        const auto& scale = resolved->layers[left].weight->parameters.scale;
        QCOMPARE(scale.size(), std::size_t(8));
        QVERIFY(scale[0] == scale[3] && scale[4] == scale[7] && scale[0] != scale[4]);
        QVERIFY(refused(*resolved, "left").empty());
    }
};

QTEST_GUILESS_MAIN(TestTargets)
#include "test_targets.moc"
