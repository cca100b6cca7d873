// From choices to places, scales and problems.
#include <QtTest>

#include "core/number/kernels.h"
#include "core/plan/resolve.h"
#include "core/plan/target.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using testing::ModelBuilder;

namespace {

struct Case {
    std::shared_ptr<const Prepared> prepared;
    std::shared_ptr<const Statistics> statistics;

    explicit Case(std::shared_ptr<const Model> model) {
        prepared = *prepare(model);
        statistics = testing::reference_statistics(*prepared, testing::random_inputs(*prepared->model, 4));
    }
    [[nodiscard]] std::shared_ptr<const Resolved> operator()(const Plan& plan = {}) const {
        return *resolve(prepared, statistics, plan);
    }
    [[nodiscard]] int layer(const std::string& name) const {
        return static_cast<int>(prepared->find_layer(name) - prepared->layers.data());
    }
    [[nodiscard]] const std::optional<ResolvedTensor>& tensor(const Resolved& resolved,
                                                              const std::string& name) const {
        return resolved.tensors[static_cast<std::size_t>(*prepared->model->graph().find_tensor(name))];
    }
};

}  // namespace

class TestResolve : public QObject {
    Q_OBJECT

private slots:
    void places_of_a_small_cnn() {
        const Case c(testing::small_cnn());
        const auto resolved = c();
        QCOMPARE(resolved->quantized_layers(), static_cast<int>(c.prepared->layers.size()));
        // Fused activations: no pair between a convolution and its Relu or Clip.
        QVERIFY(!c.tensor(*resolved, "/block/depthwise/Conv_output_0"));
        QVERIFY(c.tensor(*resolved, "/block/Clip_output_0"));
        QVERIFY(c.tensor(*resolved, "input"));
        // A Flatten moves values: it has its input's scale.
        const auto& pooled = c.tensor(*resolved, "/pool/GlobalAveragePool_output_0");
        const auto& flat = c.tensor(*resolved, "/Flatten_output_0");
        QVERIFY(pooled && flat);
        QCOMPARE(flat->scale_owner, pooled->tensor);
        QVERIFY(flat->parameters == pooled->parameters);
        // Nobody reads the logits as integers: the Gemm writes float on ONNX Runtime.
        QVERIFY(!c.tensor(*resolved, "logits"));
        Plan k1;
        k1.target = "spacemit-k1";
        QVERIFY(c.tensor(*c(k1), "logits"));
    }

    void weights_follow_the_target() {
        const Case c(testing::small_cnn());
        const int conv = c.layer("/block/project/Conv");
        const auto x86 = c();
        const auto& weight = *x86->layers[static_cast<std::size_t>(conv)].weight;
        QCOMPARE(weight.storage, ElementType::uint8);
        QCOMPARE(weight.parameters.scale.size(), std::size_t(8));
        QCOMPARE(weight.parameters.qmin, -127);
        const Tensor values = c.prepared->model->weight("/block/project/Conv.weight");
        const auto ranges = ranges_along(values.floats(), values.shape, 0);
        for (std::size_t i = 0; i < ranges.size(); ++i)
            QCOMPARE(weight.parameters.scale[i],
                     static_cast<float>(std::max(-double(ranges[i].min), double(ranges[i].max)) / 127));
        const auto& bias = x86->layers[static_cast<std::size_t>(conv)].bias;
        QVERIFY(bias);
        const float input = c.tensor(*x86, "/block/Clip_output_0")->parameters.scale[0];
        QCOMPARE(bias->scale[3], input * weight.parameters.scale[3]);

        Plan plan;
        plan.target = "spacemit-k1";
        const auto k1 = c(plan);
        const auto& k1_weight = *k1->layers[static_cast<std::size_t>(conv)].weight;
        QCOMPARE(k1_weight.storage, ElementType::int8);
        QCOMPARE(k1_weight.parameters.scale[0],
                 static_cast<float>(std::max(-double(ranges[0].min), double(ranges[0].max)) / 127));
        QVERIFY(!k1->layers[static_cast<std::size_t>(conv)].bias);
        QCOMPARE(c.tensor(*k1, "input")->parameters.format, &format_int8());
    }

    void precedence_and_origins() {
        const Case c(testing::small_cnn());
        Plan plan;
        const auto method = [&](const std::string& layer) -> Choice {
            return c(plan)->layers[static_cast<std::size_t>(c.layer(layer))][Field::threshold_method];
        };
        QCOMPARE(method("/stem/Conv").origin, Origin::target);
        plan.defaults.set(Field::threshold_method, "mse");
        QCOMPARE(method("/stem/Conv").origin, Origin::defaults);
        plan.rules.push_back({"/block/*", {}, {}, {}});
        plan.rules.back().set.set(Field::threshold_method, "kl");
        plan.rules.push_back({{}, "Conv", {}, {}});
        plan.rules.back().set.set(Field::threshold_method, "percentile");
        QCOMPARE(method("/block/Add").value, std::string("kl"));
        QCOMPARE(method("/block/project/Conv").value, std::string("percentile"));
        QCOMPARE(method("/block/project/Conv").rule, 1);
        plan.layers["/block/project/Conv"].set(Field::threshold_method, "minmax");
        QCOMPARE(method("/block/project/Conv").origin, Origin::layer);
        plan.tensors["/block/project/Conv_output_0"].set(Field::clip, "-0.5,0.25");
        const auto resolved = c(plan);
        const auto& tensor = c.tensor(*resolved, "/block/project/Conv_output_0");
        QCOMPARE(tensor->origin, Origin::tensor);
        QCOMPARE(tensor->range.max, 0.25f);
    }

    void behind_a_truncation() {
        const Case c(testing::small_cnn());
        const auto modes = [&](const Plan& plan) {
            QMap<QString, QString> result;
            const auto resolved = c(plan);
            for (std::size_t i = 0; i < resolved->layers.size(); ++i)
                result[QString::fromStdString(resolved->prepared->layers[i].name)] =
                    QString::fromUtf8(name_of(resolved->layers[i].mode).data());
            return result;
        };
        Plan plan;
        plan.target = "spacemit-k1";
        plan.truncate = {"/block/Add_output_0"};
        const auto cut = c(plan);
        for (const char* name : {"/pool/GlobalAveragePool", "/Flatten", "/fc/Gemm"}) {
            const auto& layer = cut->layers[static_cast<std::size_t>(c.layer(name))];
            QVERIFY(layer.mode == LayerMode::kept_float && layer.kept_float == KeptFloat::chosen);
            QCOMPARE(layer[Field::mode].origin, Origin::truncation);
        }
        // What it is cut at is the last that is quantized.
        QCOMPARE(modes(plan)["/block/Add"], QString("static"));
        QVERIFY(c.tensor(*cut, "/block/Add_output_0"));
        QVERIFY(!c.tensor(*cut, "logits"));
        const auto& said = cut->problems.back();
        QCOMPARE(said.code, std::string("plan.truncated"));
        QCOMPARE(said.arguments, (std::vector<std::string>{"3", "/block/Add_output_0", "0"}));
        // Another branch that no such tensor needs stays float too; a rule is weaker, a layer stronger.
        plan.truncate = {"/block/Clip_output_0"};
        plan.rules.push_back({{}, "Gemm", {}, {}});
        plan.rules.back().set.set(Field::mode, "static");
        auto all = modes(plan);
        QCOMPARE(all["/block/depthwise/Conv"], QString("static"));
        QCOMPARE(all["/block/Add"], QString("float"));
        QCOMPARE(all["/fc/Gemm"], QString("float"));
        plan.layers["/fc/Gemm"].set(Field::mode, "static");
        QCOMPARE(modes(plan)["/fc/Gemm"], QString("static"));
        // A tensor that preparing took away stands for the layer it went into, one inside a layer for the
        // whole layer.
        plan.truncate = {"/stem/BatchNormalization_output_0"};
        all = modes(plan);
        QCOMPARE(all["/stem/Conv"], QString("static"));
        QCOMPARE(all["/block/depthwise/Conv"], QString("float"));
    }

    void truncations_of_tensors_that_are_gone() {
        // Identity and Dropout are taken out: what they were made of is where the cut is.
        testing::ModelBuilder b;
        b.input("x", {1, 3, 8, 8}).output("y").weight("s", {1});
        b.conv("/a/Conv", "x", "/a", 3, 4).node("Identity", "/i/Identity", {"/a"}, {"/i"});
        b.node("Dropout", "/d/Dropout", {"/i"}, {"/d"});
        b.conv("/b/Conv", "/d", "y", 4, 4);
        const Case c(b.build());
        for (const char* name : {"/a", "/i", "/d"}) {
            Plan plan;
            plan.truncate = {name};
            const auto resolved = c(plan);
            QVERIFY2(check_truncation(plan, *resolved->prepared), name);
            QVERIFY(resolved->layers[static_cast<std::size_t>(c.layer("/a/Conv"))].quantized());
            QVERIFY(!resolved->layers[static_cast<std::size_t>(c.layer("/b/Conv"))].quantized());
        }
        for (const char* name : {"/a/Conv", "/c", "s"}) {  // a node, nothing, a weight
            Plan plan;
            plan.truncate = {name};
            const auto resolved = c(plan);
            const auto& problem =
                *std::find_if(resolved->problems.begin(), resolved->problems.end(),
                              [](const Problem& one) { return one.code == "plan.truncation_unknown"; });
            QCOMPARE(problem.layer, std::string(name));
            QVERIFY(problem.severity == Severity::error);
            const Status known = check_truncation(plan, *resolved->prepared);
            QVERIFY(!known && known.error().code == ErrorCode::plan_truncation_unknown);
            QVERIFY2(known.error().detail.find("/a") != std::string::npos, known.error().detail.c_str());
        }
    }

    void position_rules() {
        const Case c(testing::small_cnn());
        Plan plan;
        plan.rules.push_back({{}, {}, "last", {}});
        plan.rules.back().set.set(Field::mode, "float");
        const auto resolved = c(plan);
        QCOMPARE(resolved->layers[static_cast<std::size_t>(c.layer("/fc/Gemm"))].kept_float,
                 KeptFloat::chosen);
        QVERIFY(resolved->layers[static_cast<std::size_t>(c.layer("/stem/Conv"))].quantized());
    }

    void a_float_layer_between_integers() {
        const Case c(testing::small_cnn());
        Plan plan;
        plan.layers["/block/depthwise/Conv"].set(Field::mode, "float");
        const auto resolved = c(plan);
        // The float layer's output is quantized for its integer reader only.
        const auto& clip = c.tensor(*resolved, "/block/Clip_output_0");
        QVERIFY(clip);
        QVERIFY(clip->float_consumers.empty());
        const int conv = c.layer("/block/depthwise/Conv");
        QVERIFY(!resolved->layers[static_cast<std::size_t>(conv)].weight);
    }

    void what_a_target_refuses_is_said() {
        const Case c(testing::small_cnn());
        Plan plan;
        plan.target = "spacemit-k1";
        plan.layers["/stem/Conv"].set(Field::activation_format, "uint8");
        plan.layers["/stem/Conv"].set(Field::weight_symmetric, "false");
        const auto resolved = c(plan);
        int refused = 0;
        for (const Problem& problem : resolved->problems)
            refused += problem.code == "plan.target_refuses" && problem.layer == "/stem/Conv" ? 1 : 0;
        QCOMPARE(refused, 2);
        QCOMPARE(c.tensor(*resolved, "/stem/Relu_output_0")->parameters.format, &format_int8());
    }

    void a_bias_that_would_overflow_raises_its_scale() {
        ModelBuilder b;
        b.input("x", {1, 2, 4, 4}).output("y");
        b.weight("w", {2, 2, 1, 1}, std::vector<float>{1, -1, 1e-12f, 1e-12f})
            .weight("b", {2}, std::vector<float>{0.5f, 0.5f});
        set_attribute(b.node("Conv", "conv", {"x", "w", "b"}, {"y"}), "kernel_shape",
                      std::vector<std::int64_t>{1, 1});
        const Case c(b.build());
        const auto resolved = c();
        const auto& layer = resolved->layers[0];
        QCOMPARE(layer.weight->raised_channels, 1);
        const auto codes = bias_codes(*resolved, 0);
        QVERIFY(std::abs(codes[1]) <= 1 << 30);
        QVERIFY(std::abs(codes[1] * double(layer.bias->scale[1]) - 0.5) < 1e-6);
        bool said = false;
        for (const Problem& problem : resolved->problems)
            said = said || problem.code == "weight.scale_raised";
        QVERIFY(said);
    }

    void weights_that_are_no_numbers_are_told() {
        for (const float odd : {std::numeric_limits<float>::quiet_NaN(), HUGE_VALF, 1.0f}) {
            ModelBuilder b;
            b.input("x", {1, 2, 4, 4}).output("y");
            b.weight("w", {2, 2, 1, 1}, std::vector<float>{1, -1, odd, 0.5f});
            set_attribute(b.node("Conv", "conv", {"x", "w"}, {"y"}), "kernel_shape",
                          std::vector<std::int64_t>{1, 1});
            const auto prepared = *prepare(b.build());
            for (const char* mode : {"dynamic", "weight-only"}) {
                Plan plan;
                plan.defaults.set(Field::mode, mode);
                const auto resolved = *resolve(prepared, nullptr, plan);
                QVERIFY(resolved->layers[0].weight);
                const auto told = std::count_if(
                    resolved->problems.begin(), resolved->problems.end(), [](const Problem& problem) {
                        return problem.code == "weight.not_finite" && problem.layer == "conv";
                    });
                QCOMPARE(told, std::isfinite(odd) ? 0 : 1);
            }
        }
    }

    void reasons_for_float() {
        ModelBuilder b;
        b.input("x", {1, 4, 8, 8}).output("z").output("h");
        b.conv("conv", "x", "a", 4, 4);
        b.node("Softmax", "softmax", {"a"}, {"s"});
        b.weight("half", {1, 4, 1, 1});
        b.node("Mul", "scale", {"a", "half"}, {"m"});
        b.node("Add", "add", {"s", "m"}, {"z"});
        b.node("HardSwish", "swish", {"a"}, {"h"});
        const Case c(b.build());
        const auto resolved = c();
        const auto reason = [&](const char* name) {
            return resolved->layers[static_cast<std::size_t>(c.layer(name))].kept_float;
        };
        QCOMPARE(reason("conv"), KeptFloat::no);
        QCOMPARE(reason("softmax"), KeptFloat::not_in_target);
        QCOMPARE(reason("scale"), KeptFloat::constant_operand);
        QCOMPARE(reason("add"), KeptFloat::nothing_to_gain);
        QCOMPARE(reason("swish"), KeptFloat::not_in_target);
    }

    void a_subgraph_stays_float() {
        ModelBuilder b;
        b.input("x", {1, 3, 8, 8}).output("y");
        b.conv("conv", "x", "a", 3, 4);
        b.proto().mutable_graph()->add_initializer()->CopyFrom(proto_from(
            "yes", make_tensor(ElementType::boolean, {}, std::vector<std::byte>(1, std::byte{1}))));
        // The condition comes from the data, so that it can't be folded away.
        b.node("ReduceSum", "sum", {"a"}, {"s"});
        b.node("Greater", "greater", {"s", "s"}, {"g"});
        b.node("Reshape", "scalar", {"g", "none"}, {"c"});
        b.weight("none", {0}, std::vector<std::int64_t>{});
        auto& branch = b.node("If", "choice", {"c"}, {"i"});
        for (const char* name : {"then_branch", "else_branch"}) {
            auto& attribute = *branch.add_attribute();
            attribute.set_name(name);
            attribute.set_type(onnx::AttributeProto::GRAPH);
            auto& graph = *attribute.mutable_g();
            graph.set_name(name);
            *graph.add_node() =
                make_node(name[0] == 't' ? "Relu" : "Neg", name, {"a"}, {std::string(name) + "_out"});
            auto& output = *graph.add_output();
            output.set_name(std::string(name) + "_out");
            output.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
        }
        b.conv("last", "i", "y", 4, 2);
        const Case c(b.build());
        const auto resolved = c();
        QCOMPARE(resolved->layers[static_cast<std::size_t>(c.layer("choice"))].kept_float,
                 KeptFloat::subgraph);
        QVERIFY(resolved->layers[static_cast<std::size_t>(c.layer("conv"))].quantized());
        QVERIFY(resolved->layers[static_cast<std::size_t>(c.layer("last"))].quantized());
    }

    void an_unknown_operator_stays_float() {
        ModelBuilder b;
        set_opset(b.proto(), "com.microsoft", 1);
        b.input("x", {1, 3, 8, 8}).output("y");
        b.conv("conv", "x", "a", 3, 4);
        b.node("Gelu", "gelu", {"a"}, {"y"}).set_domain("com.microsoft");
        const Case c(b.build());
        QCOMPARE(c()->layers[static_cast<std::size_t>(c.layer("gelu"))].kept_float,
                 KeptFloat::unknown_operator);
    }

    void half_precision_is_quantized_as_float32() {
        ModelBuilder b;
        b.input("x", {1, 3, 8, 8}, ElementType::float16).output("y", ElementType::float16);
        b.proto().mutable_graph()->add_initializer()->CopyFrom(
            proto_from("w", make_tensor(ElementType::float16, {2, 3, 1, 1}, std::vector<std::byte>(12))));
        b.node("Conv", "conv", {"x", "w"}, {"y"});
        const auto prepared = prepare(b.build());
        QVERIFY2(prepared, prepared ? "" : prepared.error().detail.c_str());
        QCOMPARE((*prepared)->layers[1].name, std::string("conv"));
        QCOMPARE(quantizable(**prepared, 0, **find_target("onnxruntime-x86")), KeptFloat::not_in_target);
        QCOMPARE(quantizable(**prepared, 1, **find_target("onnxruntime-x86")), KeptFloat::no);
    }

    void wrong_documents() {
        const Case c(testing::small_cnn());
        Plan plan;
        plan.model_sha256 = "of another model";
        QCOMPARE(resolve(c.prepared, c.statistics, plan).error().code, ErrorCode::plan_other_model);
        plan = {};
        plan.preset = "unheard-of";
        QCOMPARE(resolve(c.prepared, c.statistics, plan).error().code, ErrorCode::plan_invalid);
        auto other = std::make_shared<Statistics>(*c.statistics);
        other->model_sha256 = "of another model";
        QCOMPARE(resolve(c.prepared, other, {}).error().code, ErrorCode::stats_other_model);
        const auto before = resolve(c.prepared, nullptr, {});
        QVERIFY(before);
        QCOMPARE((*before)->quantized_layers(), 0);
    }
};

QTEST_GUILESS_MAIN(TestResolve)
#include "test_resolve.moc"
