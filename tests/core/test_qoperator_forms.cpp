// The file of integer operators: what vanishes and what stays, one property at a time.
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>

#include "tests/core/qoperator_files.h"

using namespace quantwright;
using namespace quantwright::testing;

class TestQOperatorForms : public QObject {
    Q_OBJECT

private slots:
    void no_float_between_fused_layers() {
        for (const bool named : {true, false}) {
            const auto resolved = resolve_on_random(chain(named), {});
            auto ops = ops_of(build_qoperator(*resolved));
            QCOMPARE(ops["QLinearConv"], 3);
            QCOMPARE(ops["QuantizeLinear"], 1);
            QCOMPARE(ops["DequantizeLinear"], 1);
            QCOMPARE(ops.size(), std::size_t(3));
            QCOMPARE(pairs_of(build_qdq(*resolved)), 4 + 4 + 6);  // activations, weights and biases
        }
    }

    void every_operator_has_its_integer_form() {
        const auto file = build_qoperator(*resolve_on_random(many_operators(), {}));
        auto ops = ops_of(file);
        for (const char* op : {"QLinearConv", "QLinearMatMul", "QGemm", "QLinearAdd", "QLinearMul",
                               "QLinearSigmoid", "QLinearLeakyRelu", "QLinearConcat",
                               "QLinearGlobalAveragePool", "QLinearAveragePool", "MatMulIntegerToFloat"})
            QVERIFY2(ops[op] > 0, op);
        // What is left: the border in front, one DequantizeLinear per output but that of the product.
        QCOMPARE(ops["QuantizeLinear"], 1);
        QCOMPARE(ops["DequantizeLinear"], 3);
        QCOMPARE(ops["Relu"], 1);  // "tail", behind the product that leaves its kernel as float
        for (const auto& node : file.graph().node())
            if (node.op_type().starts_with("QLinear")) {
                const bool standard = node.op_type() == "QLinearConv" || node.op_type() == "QLinearMatMul";
                QCOMPARE(node.domain(), std::string(standard ? "" : "com.microsoft"));
            }
    }

    void an_activation_that_the_codes_do_not_imply() {
        Plan plan;
        plan.tensors["h2"].set(Field::clip, "-1,2");
        const auto resolved = resolve_on_random(chain(), plan);
        auto ops = ops_of(build_qdq(*resolved));
        QCOMPARE(ops["Relu"], 1);
        const auto file = build_qoperator(*resolved);
        ops = ops_of(file);
        QCOMPARE(ops["Relu"], 0);
        QCOMPARE(ops["Clip"], 1);
        QCOMPARE(ops["QuantizeLinear"] + ops["DequantizeLinear"], 2);
        compare_codes(*resolved, file, "h2_quantized", 1);
    }

    void an_activation_between_two_pairs() {
        ModelBuilder b(17, 8);
        b.input("x", {1, 4, 6, 6}).output("y").output("z");
        b.conv("conv", "x", "a", 4, 4);
        set_attribute(b.node("Transpose", "turn", {"a"}, {"t"}), "perm",
                      std::vector<std::int64_t>{0, 1, 3, 2});
        b.node("Relu", "relu", {"t"}, {"r"});
        b.weight("low", {}, std::vector<float>{-0.5f}).weight("high", {}, std::vector<float>{0.7f});
        b.node("Clip", "clip", {"t", "low", "high"}, {"c"});
        b.conv("after", "r", "y", 4, 2).conv("behind", "c", "z", 4, 2);
        Plan plan;
        plan.tensors["c"].set(Field::clip, "-2,2");
        const auto resolved = resolve_on_random(b.build(), plan);
        const auto file = build_qoperator(*resolved);
        auto ops = ops_of(file);
        QCOMPARE(ops["Relu"], 0);
        QCOMPARE(ops["Clip"], 1);
        QCOMPARE(ops["QLinearConcat"], 2);  // other parameters on both sides
        QCOMPARE(ops["QuantizeLinear"], 1);
        compare_codes(*resolved, file, "r_quantized", 1, "t_quantized");
        compare_codes(*resolved, file, "c_quantized", 1, "t_quantized");
    }

    void a_requantization_is_not_lost() {
        ModelBuilder b(17, 4);
        b.input("x", {1, 4, 8, 8}).output("y");
        b.conv("first", "x", "a", 4, 4);
        auto& pool = b.node("MaxPool", "pool", {"a"}, {"p"});
        set_attribute(pool, "kernel_shape", std::vector<std::int64_t>{2, 2});
        b.conv("second", "p", "y", 4, 4);
        const auto shared = resolve_on_random(b.build(), {});
        // A model that brings its own pairs may have other parameters behind a pool than before it.
        auto resolved = std::make_shared<Resolved>(*shared);
        const auto pooled = static_cast<std::size_t>(*shared->prepared->model->graph().find_tensor("p"));
        resolved->tensors[pooled]->parameters =
            parameters_from(Range{-1.0f, 3.0f}, shared->tensors[pooled]->scheme);
        QVERIFY(resolved->tensors[pooled]->parameters != shared->tensors[pooled]->parameters);
        const auto file = build_qoperator(*resolved);
        auto ops = ops_of(file);
        QCOMPARE(ops["QLinearConcat"], 1);
        QCOMPARE(ops["MaxPool"], 1);
        QCOMPARE(ops["QuantizeLinear"] + ops["DequantizeLinear"], 2);
        compare_codes(*resolved, file, "p_quantized", 0, "a_quantized");
    }

    void convolutions_of_other_ranks_and_products_without_bias() {
        ModelBuilder b(17, 21);
        b.input("x", {1, 3, 20}).input("v", {1, 2, 4, 5, 6}).output("y").output("z").output("g");
        b.weight("w1", {5, 3, 3}).weight("w3", {4, 2, 2, 2, 2});
        set_attribute(b.node("Conv", "line", {"x", "w1"}, {"l"}), "kernel_shape",
                      std::vector<std::int64_t>{3});
        set_attribute(b.node("Conv", "solid", {"v", "w3"}, {"s"}), "kernel_shape",
                      std::vector<std::int64_t>{2, 2, 2});
        b.node("GlobalAveragePool", "average", {"s"}, {"z"});
        b.node("Flatten", "flatten", {"l"}, {"f"});
        b.weight("m1", {90, 7}).weight("m2", {6, 7}).weight("m3", {6, 3});
        b.node("Gemm", "plain", {"f", "m1"}, {"p"});
        set_attribute(b.node("Gemm", "turned", {"p", "m2"}, {"t"}), "transB", std::int64_t{1});
        b.node("Relu", "relu", {"t"}, {"r"});
        b.node("MatMul", "last", {"r", "m3"}, {"y"});
        b.weight("shape", {3}, std::vector<std::int64_t>{6, 5, 3});
        b.node("Identity", "same", {"f"}, {"i"});
        b.node("Reshape", "reshape", {"i", "shape"}, {"g"});
        const auto resolved = resolve_on_random(b.build(), {});
        const auto file = build_qoperator(*resolved);
        auto ops = ops_of(file);
        QCOMPARE(ops["QLinearConv"], 2);
        QCOMPARE(find_node(file, "plain")->op_type(), std::string("QLinearMatMul"));
        QCOMPARE(find_node(file, "turned")->op_type(), std::string("QGemm"));
        QCOMPARE(find_node(file, "last")->op_type(), std::string("MatMulIntegerToFloat"));
        QCOMPARE(ops["QuantizeLinear"], 2);
        runs_like_qdq(*resolved, file);
    }

    /// No kernel multiplies signed data with unsigned weights.
    void signs_that_do_not_go_together() {
        const auto signed_both = resolve_on_random(chain(), plan_with({}, "onnxruntime-arm"));
        auto resolved = std::make_shared<Resolved>(*signed_both);
        for (auto& layer : resolved->layers)
            if (layer.weight)
                layer.weight->storage = ElementType::uint8;
        const auto types_of = [](const onnx::ModelProto& model) {
            std::set<int> types;
            for (const auto& initializer : model.graph().initializer())
                types.insert(initializer.data_type());
            return types;
        };
        const auto before = build_qoperator(*signed_both), file = build_qoperator(*resolved);
        QVERIFY(!types_of(before).contains(onnx::TensorProto::UINT8));
        QVERIFY(!types_of(file).contains(onnx::TensorProto::INT8));
        QCOMPARE(ops_of(file)["QLinearConv"], 3);
        const auto a = Session::create(before, nullptr, {1, Optimizations::off, {}});
        const auto b = Session::create(file, nullptr, {1, Optimizations::off, {}});
        QVERIFY2(a && b, b ? "" : b.error().detail.c_str());
        for (const auto& inputs : testing::random_inputs(*resolved->prepared->model, 5, 2)) {
            const auto wanted = (*a)->run(inputs), given = (*b)->run(inputs);
            QVERIFY(wanted && given);
            QVERIFY(std::ranges::equal(wanted->front().floats(), given->front().floats()));
        }
    }

    void what_has_no_integer_operator_keeps_its_pairs() {
        Plan plan;
        plan.layers["two"].set(Field::mode, "float");
        auto ops = ops_of(build_qoperator(*resolve_on_random(chain(), plan)));
        QCOMPARE(ops["QLinearConv"], 2);
        QCOMPARE(ops["Conv"], 1);
        QCOMPARE(ops["QuantizeLinear"], 2);

        // 16-bit data into the second layer and out of it.
        plan = {};
        plan.layers["two"].set(Field::activation_format, "uint16");
        const auto resolved = resolve_on_random(chain(), plan);
        const auto file = build_qoperator(*resolved);
        ops = ops_of(file);
        QVERIFY(ops["Conv"] >= 1 && ops["QLinearConv"] >= 1);
        runs_like_qdq(*resolved, file);
    }

    void what_keeps_its_form_is_named() {
        ModelBuilder b(17, 6);
        b.input("x", {1, 4, 9, 9}).output("y");
        b.conv("one", "x", "a", 4, 4).conv("two", "a", "b", 4, 4).conv("three", "b", "c", 4, 4);
        b.conv("four", "c", "d", 4, 4);
        auto& pool = b.node("AveragePool", "pool", {"d"}, {"e"});
        set_attribute(pool, "kernel_shape", std::vector<std::int64_t>{2, 2});
        set_attribute(pool, "strides", std::vector<std::int64_t>{2, 2});
        set_attribute(pool, "ceil_mode", std::int64_t{1});
        b.conv("five", "e", "f", 4, 4).conv("six", "f", "y", 4, 4);
        const auto problems_of = [&](const Plan& plan, auto write) {
            const QTemporaryDir folder;
            const auto exported = write(*resolve_on_random(b.build(), plan),
                                        std::filesystem::path(folder.filePath("f.onnx").toStdString()));
            return exported ? exported->problems : std::vector<Problem>{{"failed", {}, {}, {}}};
        };
        const auto integer = [](const Resolved& resolved, const std::filesystem::path& path) {
            return export_qoperator(resolved, path);
        };
        const auto said = problems_of({}, integer);
        QCOMPARE(said.size(), std::size_t{1});
        QCOMPARE(said.front().code, std::string("export.kept_qdq"));
        QVERIFY(said.front().severity == Severity::warning);
        QCOMPARE(said.front().arguments, (std::vector<std::string>{"1", "pool", "kernel"}));

        Plan plan;
        plan.layers["pool"].set(Field::mode, "float");
        QVERIFY(problems_of(plan, integer).empty());

        // 16 bits into the second layer and out of it: both neighbours concern them, too.
        plan.layers["two"].set(Field::activation_format, "uint16");
        plan.layers["four"].set(Field::mode, "dynamic");
        plan.layers["five"].set(Field::mode, "weight-only");
        plan.layers["six"].set(Field::mode, "weight-only");
        std::map<std::string, std::vector<std::string>> by_reason;
        for (const Problem& problem : problems_of(plan, integer)) {
            QCOMPARE(problem.severity == Severity::info, problem.arguments[2] != "codes");
            by_reason[problem.arguments[2]] = {problem.arguments[0], problem.arguments[1]};
        }
        QCOMPARE(by_reason.size(), std::size_t{3});
        QCOMPARE(by_reason["dynamic"], (std::vector<std::string>{"1", "four"}));
        QCOMPARE(by_reason["weight-only"], (std::vector<std::string>{"2", "five, six"}));
        QVERIFY(by_reason.contains("codes") && by_reason["codes"][1].find("two") != std::string::npos);
        // A QDQ file was asked for, and it is one.
        QVERIFY(problems_of(plan, [](const Resolved& resolved, const std::filesystem::path& path) {
                    return export_qdq(resolved, path);
                }).empty());
    }

    void a_layer_without_integer_operator_is_named() {
        ModelBuilder b(17, 6);
        b.input("x", {1, 4, 9, 9}).output("y").conv("one", "x", "a", 4, 4);
        b.weight("up.weight", {4, 4, 2, 2});
        auto& up = b.node("ConvTranspose", "up", {"a", "up.weight"}, {"b"});
        set_attribute(up, "kernel_shape", std::vector<std::int64_t>{2, 2});
        b.conv("two", "b", "y", 4, 4);
        Plan plan;
        plan.target = "spacemit-k1";
        const QTemporaryDir folder;
        const auto exported =
            export_qoperator(*resolve_on_random(b.build(), plan), folder.filePath("up.onnx").toStdString());
        QVERIFY(exported);
        QCOMPARE(exported->problems.size(), std::size_t{1});
        QCOMPARE(exported->problems.front().arguments, (std::vector<std::string>{"1", "up", "operator"}));
    }

    /// Nothing of a layer that the user keeps in float becomes integer, although pairs surround it.
    void a_float_layer_between_pairs_stays_float() {
        ModelBuilder b(17, 4);
        b.input("x", {1, 4, 8, 8}).output("y");
        b.conv("first", "x", "a", 4, 4).conv("second", "x", "b", 4, 4);
        b.node("Add", "sum", {"a", "b"}, {"c"});
        b.conv("third", "c", "y", 4, 4);
        Plan plan;
        auto ops = ops_of(build_qoperator(*resolve_on_random(b.build(), plan)));
        QCOMPARE(ops["QLinearAdd"], 1);
        plan.layers["sum"].set(Field::mode, "float");
        const auto resolved = resolve_on_random(b.build(), plan);
        const auto file = build_qoperator(*resolved);
        ops = ops_of(file);
        QCOMPARE(ops["Add"], 1);
        QCOMPARE(ops["QuantizeLinear"], 2);
        QCOMPARE(ops["DequantizeLinear"], 3);
        runs_like_qdq(*resolved, file);
    }

    void the_saved_file_is_a_quantized_model() {
        const auto resolved = resolve_on_random(testing::small_cnn(), {});
        QTemporaryDir folder;
        const auto path = std::filesystem::path(folder.path().toStdString()) / "out.onnx";
        const auto exported = export_qoperator(*resolved, path);
        QVERIFY(exported);
        const auto model = Model::load(path);
        QVERIFY(model);
        QVERIFY((*model)->already_quantized());
        QCOMPARE(exported->bytes, (*model)->file_bytes());
        QCOMPARE(exported->layers_quantized, resolved->quantized_groups());
        QCOMPARE(exported->opset, (*model)->opset());
    }

    void never_over_the_model() {
        QTemporaryDir folder;
        const auto path = std::filesystem::path(folder.path().toStdString()) / "m.onnx";
        QVERIFY(save_model(testing::small_cnn()->proto(), path));
        const auto model = *Model::load(path);
        const auto resolved = resolve_on_random(model, {});
        QCOMPARE(export_qoperator(*resolved, path).error().code, ErrorCode::output_equals_input);
        QCOMPARE(export_qoperator(*resolved, path.parent_path() / "nowhere" / "x.onnx").error().code,
                 ErrorCode::output_unwritable);
        QCOMPARE((*Model::load(path))->sha256(), model->sha256());
    }

private:
    static void runs_like_qdq(const Resolved& resolved, const onnx::ModelProto& file) {
        const auto a = Session::create(build_qdq(resolved), nullptr, {1, Optimizations::off, {}});
        const auto b = Session::create(file, nullptr, {1, Optimizations::off, {}});
        QVERIFY2(a && b, b ? "" : b.error().detail.c_str());
        ErrorSums error;
        for (const auto& inputs : testing::random_inputs(*resolved.prepared->model, 5, 2)) {
            const auto wanted = (*a)->run(inputs), given = (*b)->run(inputs);
            QVERIFY(wanted && given);
            error.add(wanted->front().floats(), given->front().floats());
        }
        QVERIFY(!error.snr_db() || *error.snr_db() > 35);
    }

    /// The codes `name` of both files differ by `steps` at most; with `from`, given the QDQ file's codes
    /// there.
    static void compare_codes(const Resolved& resolved, const onnx::ModelProto& file, const std::string& name,
                              int steps, const std::string& from = {}) {
        onnx::ModelProto qdq = build_qdq(resolved);
        qdq.mutable_graph()->clear_output();
        qdq.mutable_graph()->add_output()->set_name(name);
        if (!from.empty())
            qdq.mutable_graph()->add_output()->set_name(from);
        const auto a = Session::create(qdq, nullptr, {1, Optimizations::off, {}});
        std::map<std::string, ElementType> cut{
            {resolved.prepared->model->inputs()[0].name, ElementType::float32}};
        if (!from.empty())
            cut = {{from, ElementType::uint8}};
        const auto b =
            Session::create(slice(file, name, ElementType::uint8, cut), nullptr, {1, Optimizations::off, {}});
        QVERIFY2(a && b, b ? "" : b.error().detail.c_str());
        std::set<int> seen;
        for (const auto& inputs : testing::random_inputs(*resolved.prepared->model, 5, 2)) {
            const auto wanted = (*a)->run(inputs);
            QVERIFY(wanted);
            const auto given = (*b)->run(from.empty() ? inputs : std::vector<Tensor>{wanted->back()});
            QVERIFY(given);
            const auto x = widened(wanted->front()), y = widened(given->front());
            QCOMPARE(x.size(), y.size());
            for (std::size_t k = 0; k < x.size(); ++k)
                QVERIFY2(std::abs(x[k] - y[k]) <= steps, qPrintable(QString("%1 %2").arg(x[k]).arg(y[k])));
            seen.insert(x.begin(), x.end());
        }
        QVERIFY(seen.size() > 20);
    }
};

QTEST_GUILESS_MAIN(TestQOperatorForms)
#include "test_qoperator_forms.moc"
