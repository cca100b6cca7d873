// Tails that integers spoil are found, proposed float, and taken back by the user's choice.
#include <QtTest>

#include "core/plan/resolve.h"
#include "core/plan/target.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using testing::ModelBuilder;

namespace {

using Ints = std::vector<std::int64_t>;

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
    [[nodiscard]] const ResolvedLayer& layer(const Resolved& resolved, const std::string& name) const {
        return resolved
            .layers[static_cast<std::size_t>(prepared->find_layer(name) - prepared->layers.data())];
    }
    /// "static" or why not, of each layer in the order of the graph.
    [[nodiscard]] QString forms(const Resolved& resolved) const {
        QStringList text;
        for (std::size_t i = 0; i < resolved.layers.size(); ++i) {
            const ResolvedLayer& one = resolved.layers[i];
            const auto form = one.quantized() ? name_of(one.mode) : name_of(one.kept_float);
            text << QString::fromStdString(prepared->layers[i].name + ":" + std::string(form));
        }
        text.sort();
        return text.join(' ');
    }
};

const Problem* problem(const Resolved& resolved, const std::string& code) {
    for (const Problem& one : resolved.problems)
        if (one.code == code)
            return &one;
    return nullptr;
}

bool any_proposed(const Resolved& resolved) {
    return std::any_of(resolved.layers.begin(), resolved.layers.end(),
                       [](const ResolvedLayer& one) { return one.proposed != KeptFloat::no; });
}

/// Boxes some hundreds wide and scores from 0 to 1, joined at the output.
std::shared_ptr<const Model> boxes_and_scores() {
    ModelBuilder b;
    b.input("x", {1, 8, 10, 10}).output("y").weight("k", {}, std::vector<float>{300});
    b.conv("boxes", "x", "a", 8, 4, 1).conv("scores", "x", "s", 8, 2, 1);
    b.node("Mul", "scale", {"a", "k"}, {"box"});
    b.node("Sigmoid", "sigmoid", {"s"}, {"p"});
    set_attribute(b.node("Concat", "cat", {"box", "p"}, {"y"}), "axis", std::int64_t(1));
    return b.build();
}

/// One level of YOLOv5: what the exporter writes for xy = (2σ - 0.5 + grid) · stride, wh = (2σ)² · anchor.
void yolo_level(ModelBuilder& b, const std::string& name, std::int64_t size, float stride) {
    const std::string p = name + "/";
    b.conv(p + "conv", "x", p + "raw", 3, 14, 1, 1, static_cast<int>(stride));
    b.weight(p + "split5", {5}, Ints{1, 2, 7, size, size}).weight(p + "flat", {3}, Ints{1, -1, 7});
    b.node("Reshape", p + "view", {p + "raw", p + "split5"}, {p + "view_out"});
    set_attribute(b.node("Transpose", p + "permute", {p + "view_out"}, {p + "permuted"}), "perm",
                  Ints{0, 1, 3, 4, 2});
    b.node("Sigmoid", p + "sigmoid", {p + "permuted"}, {p + "s"});
    b.weight(p + "sizes", {3}, Ints{2, 2, 3});
    set_attribute(b.node("Split", p + "split", {p + "s", p + "sizes"}, {p + "xy", p + "wh", p + "conf"}),
                  "axis", std::int64_t(4));
    b.weight(p + "two", {}, std::vector<float>{2}).weight(p + "stride", {}, std::vector<float>{8 * stride});
    b.weight(p + "grid", {1, 2, size, size, 2}, 4.0f).weight(p + "anchor", {1, 2, size, size, 2}, 20.0f);
    b.node("Mul", p + "mul1", {p + "xy", p + "two"}, {p + "xy2"});
    b.node("Add", p + "add", {p + "xy2", p + "grid"}, {p + "xyg"});
    b.node("Mul", p + "mul2", {p + "xyg", p + "stride"}, {p + "xys"});
    b.node("Mul", p + "mul3", {p + "wh", p + "two"}, {p + "wh2"});
    b.node("Pow", p + "pow", {p + "wh2", p + "two"}, {p + "whp"});
    b.node("Mul", p + "mul4", {p + "whp", p + "anchor"}, {p + "whs"});
    set_attribute(b.node("Concat", p + "cat", {p + "xys", p + "whs", p + "conf"}, {p + "all"}), "axis",
                  std::int64_t(4));
    b.node("Reshape", p + "reshape", {p + "all", p + "flat"}, {p + "rows"});
}

}  // namespace

class TestDecodeTail : public QObject {
    Q_OBJECT

private slots:
    void boxes_and_scores_data() {
        QTest::addColumn<QString>("target");
        QTest::newRow("x86") << "onnxruntime-x86";
        QTest::newRow("k1") << "spacemit-k1";
    }
    void boxes_and_scores() {
        QFETCH(QString, target);
        const Case c(::boxes_and_scores());
        Plan plan;
        plan.target = target.toStdString();
        const auto resolved = c(plan);
        QCOMPARE(c.forms(*resolved), QString("boxes:static cat:shared_scale scale:shared_scale scores:static "
                                             "sigmoid:shared_scale"));
        const Choice& mode = c.layer(*resolved, "cat")[Field::mode];
        QCOMPARE(mode.value, std::string("float"));
        QCOMPARE(mode.origin, Origin::proposed);
        const Problem* said = problem(*resolved, "proposed.shared_scale");
        QVERIFY(said);
        QCOMPARE(said->severity, Severity::info);
        QCOMPARE(said->layer, std::string("cat"));
        QCOMPARE(said->arguments[0], std::string("3"));
        QCOMPARE(said->arguments[2], std::string("--set 'cat:mode=static'"));
        QCOMPARE(said->arguments[3], std::string("box"));
        QCOMPARE(said->arguments[5], std::string("p"));
    }

    void the_user_takes_it_back() {
        const Case c(::boxes_and_scores());
        const QString integers("boxes:static cat:static scale:static scores:static sigmoid:static");
        Plan layer;
        layer.layers["cat"].set(Field::mode, "static");  // the sign's name is enough
        QCOMPARE(c.forms(*c(layer)), integers);
        QVERIFY(!problem(*c(layer), "proposed.shared_scale"));
        Plan rule;
        rule.rules.push_back({"*", {}, {}, {}});
        rule.rules.back().set.set(Field::mode, "static");
        QCOMPARE(c.forms(*c(rule)), integers);
        // What is chosen for the model as a whole says nothing of its tail; another mode does.
        Plan whole;
        whole.defaults.set(Field::mode, "static");
        QCOMPARE(c.forms(*c(whole)), c.forms(*c()));
        whole.defaults.set(Field::mode, "weight-only");
        QVERIFY(!any_proposed(*c(whole)));
        Plan weights;
        weights.defaults.set(Field::activation_format, "float");
        QVERIFY(!any_proposed(*c(weights)));
        // Chosen float stays the user's own choice.
        Plan chosen;
        chosen.layers["sigmoid"].set(Field::mode, "float");
        QCOMPARE(c.layer(*c(chosen), "sigmoid").kept_float, KeptFloat::chosen);
        QCOMPARE(c.layer(*c(chosen), "cat").kept_float, KeptFloat::shared_scale);
    }

    void like_ranges_share_a_scale() {
        ModelBuilder two;
        two.input("x", {1, 8, 10, 10}).output("y");
        two.conv("left", "x", "l", 8, 4, 1).conv("right", "x", "r", 8, 4, 1);
        set_attribute(two.node("Concat", "cat", {"l", "r"}, {"y"}), "axis", std::int64_t(1));
        QVERIFY(!any_proposed(*Case(two.build())()));
        QVERIFY(!any_proposed(**resolve(Case(::boxes_and_scores()).prepared, nullptr, {})));  // not known yet
        // A Concat in the middle of a network is no output's.
        ModelBuilder b;
        b.input("x", {1, 8, 10, 10}).output("y").weight("k", {}, std::vector<float>{300});
        b.conv("a", "x", "ao", 8, 4, 1).conv("b", "x", "bo", 8, 4, 1).conv("last", "joined", "y", 8, 4, 1);
        b.node("Mul", "scale", {"ao", "k"}, {"box"});
        set_attribute(b.node("Concat", "cat", {"box", "bo"}, {"joined"}), "axis", std::int64_t(1));
        QVERIFY(!any_proposed(*Case(b.build())()));
    }

    void classifiers_have_no_such_tail() {
        for (const char* target : {"onnxruntime-x86", "onnxruntime-arm", "spacemit-k1", "tensorrt", "ncnn"}) {
            Plan plan;
            plan.target = target;
            QVERIFY(!any_proposed(*Case(testing::small_cnn())(plan)));
        }
        ModelBuilder b;
        b.input("x", {1, 8}).output("y").weight("w", {8, 5}).weight("c", {5});
        b.node("MatMul", "fc", {"x", "w"}, {"h"});
        b.node("Add", "bias", {"h", "c"}, {"l"});
        b.node("Softmax", "softmax", {"l"}, {"y"});
        QVERIFY(!any_proposed(*Case(b.build())()));
    }

    void yolov5() {
        ModelBuilder b;
        b.input("x", {1, 3, 16, 16}).output("y");
        yolo_level(b, "p3", 16, 1);
        yolo_level(b, "p4", 8, 2);
        set_attribute(b.node("Concat", "levels", {"p3/rows", "p4/rows"}, {"y"}), "axis", std::int64_t(1));
        const Case c(b.build());
        for (const char* target : {"onnxruntime-x86", "spacemit-k1"}) {
            Plan plan;
            plan.target = target;
            const auto resolved = c(plan);
            for (const Layer& layer : c.prepared->layers)
                QCOMPARE(c.layer(*resolved, layer.name).quantized(), layer.op == "Conv");
            const Problem* said = problem(*resolved, "proposed.shared_scale");
            QVERIFY(said);
            // Both levels are one tail, and its end takes all of it back.
            QCOMPARE(said->arguments[2], std::string("--set 'levels:mode=static'"));
            QCOMPARE(std::count_if(resolved->problems.begin(), resolved->problems.end(),
                                   [](const Problem& one) { return one.code.starts_with("proposed.sh"); }),
                     1);
            plan.layers["levels"].set(Field::mode, "static");
            QVERIFY(!any_proposed(*c(plan)));
            QVERIFY(c(plan)->quantized_layers() > 6);
        }
    }

    void exponentials_and_a_selection_in_the_graph() {
        // SSD: centre and exp(size), scores by Softmax, NonMaxSuppression.
        ModelBuilder b;
        b.input("x", {1, 3, 4, 4}).output("picked", ElementType::int64);
        b.conv("loc", "x", "loc_raw", 3, 4, 1).conv("conf", "x", "conf_raw", 3, 3, 1);
        b.weight("rows4", {3}, Ints{1, 4, 16})
            .weight("rows3", {3}, Ints{1, 3, 16})
            .weight("half", {2}, Ints{2, 2});
        b.node("Reshape", "loc_rows", {"loc_raw", "rows4"}, {"l4"});
        set_attribute(b.node("Transpose", "loc_t", {"l4"}, {"l"}), "perm", Ints{0, 2, 1});
        set_attribute(b.node("Split", "loc_split", {"l", "half"}, {"c", "s"}), "axis", std::int64_t(2));
        b.node("Exp", "exp", {"s"}, {"e"});
        b.weight("prior", {1, 16, 2}, 0.2f);
        b.node("Mul", "size", {"e", "prior"}, {"wh"});
        b.node("Add", "centre", {"c", "prior"}, {"xy"});
        set_attribute(b.node("Concat", "box", {"xy", "wh"}, {"boxes"}), "axis", std::int64_t(2));
        b.node("Reshape", "conf_rows", {"conf_raw", "rows3"}, {"scores_raw"});
        set_attribute(b.node("Softmax", "softmax", {"scores_raw"}, {"scores"}), "axis", std::int64_t(1));
        b.weight("most", {1}, Ints{5}).weight("iou", {1}, std::vector<float>{0.5f});
        set_attribute(b.node("NonMaxSuppression", "nms", {"boxes", "scores", "most", "iou"}, {"picked"}),
                      "center_point_box", std::int64_t(1));
        const Case c(b.build());
        for (const char* target : {"onnxruntime-x86", "spacemit-k1"}) {
            Plan plan;
            plan.target = target;
            const auto resolved = c(plan);
            for (const Layer& layer : c.prepared->layers)
                QCOMPARE(c.layer(*resolved, layer.name).quantized(), layer.op == "Conv");
            QCOMPARE(c.layer(*resolved, "conf_rows").proposed != KeptFloat::no, true);
        }
    }

    void ranks_in_the_middle_of_a_network() {
        // Proposals: the best of the scores choose rows of the features, which go on into a product.
        ModelBuilder b;
        b.input("x", {1, 12, 8}).output("y");
        b.weight("w1", {8, 1}).weight("w2", {8, 8}).weight("w3", {8, 4});
        b.weight("flat", {2}, Ints{1, 12}).weight("k", {1}, Ints{3}).weight("index", {3}, Ints{1, 3, 1});
        b.weight("wide", {3}, Ints{1, 3, 8}).weight("half", {}, std::vector<float>{0.5f});
        b.node("MatMul", "features", {"x", "w2"}, {"f"});
        b.node("MatMul", "scores", {"x", "w1"}, {"s"});
        b.node("Mul", "temper", {"s", "half"}, {"t"});
        b.node("Reshape", "flatten", {"t", "flat"}, {"r"});
        b.node("TopK", "topk", {"r", "k"}, {"best", "which"});
        b.node("Reshape", "index_rows", {"which", "index"}, {"i"});
        b.node("Expand", "index_wide", {"i", "wide"}, {"iw"});
        set_attribute(b.node("GatherElements", "pick", {"f", "iw"}, {"g"}), "axis", std::int64_t(1));
        b.node("MatMul", "head", {"g", "w3"}, {"y"});
        const Case c(b.build());
        const auto resolved = c();
        QCOMPARE(c.layer(*resolved, "temper").kept_float, KeptFloat::selection);
        QCOMPARE(c.layer(*resolved, "flatten").kept_float, KeptFloat::selection);
        QVERIFY(c.layer(*resolved, "scores").quantized());
        QVERIFY(c.layer(*resolved, "features").quantized());
        QVERIFY(c.layer(*resolved, "head").quantized());
        QCOMPARE(problem(*resolved, "proposed.selection")->layer, std::string("topk"));
    }

    void a_mean_over_a_distribution_is_no_convolution_of_the_network() {
        // DFL: softmax over 8 bins, then a product with 0 … 7.
        for (const bool is_arithmetic : {true, false}) {
            ModelBuilder b;
            b.input("x", {1, 3, 6, 6}).output("y");
            b.conv("head", "x", "raw", 3, 32, 1);
            b.weight("bins", {4}, Ints{1, 4, 8, 36});
            b.weight("arange", {1, 8, 1, 1},
                     std::vector<float>{0, 1, 2, 3, 4, 5, 6, is_arithmetic ? 7.0f : 9.0f});
            b.node("Reshape", "rows", {"raw", "bins"}, {"r"});
            set_attribute(b.node("Transpose", "turn", {"r"}, {"t"}), "perm", Ints{0, 2, 1, 3});
            set_attribute(b.node("Softmax", "softmax", {"t"}, {"d"}), "axis", std::int64_t(1));
            set_attribute(b.node("Conv", "dfl", {"d", "arange"}, {"y"}), "kernel_shape", Ints{1, 1});
            const Case c(b.build());
            const auto resolved = c();
            QVERIFY(c.layer(*resolved, "head").quantized());
            QCOMPARE(c.layer(*resolved, "dfl").quantized(), !is_arithmetic);
            QCOMPARE(c.layer(*resolved, "dfl").kept_float, is_arithmetic ? KeptFloat::decode : KeptFloat::no);
        }
    }

    void a_heat_map_of_scores() {
        // CenterNet: outputs of their own, scores by place.
        const auto model = [](float bias, bool gate) {
            ModelBuilder b;
            b.input("x", {1, 8, 10, 10}).output("heat").output("size");
            b.weight("w", {1, 8, 1, 1}, 0.1f).weight("c", {1}, std::vector<float>{bias});
            set_attribute(b.node("Conv", "hm", {"x", "w", "c"}, {"l"}), "kernel_shape", Ints{1, 1});
            b.node("Sigmoid", "sigmoid", {"l"}, {gate ? "s" : "heat"});
            if (gate)
                b.node("Mul", "gate", {"s", "x"}, {"heat"});
            b.conv("wh", "x", "size", 8, 2, 1);
            return Case(b.build());
        };
        const Case low = model(-6, false);
        const auto resolved = low();
        QCOMPARE(low.forms(*resolved), QString("hm:static sigmoid:scores wh:static"));
        QVERIFY(problem(*resolved, "proposed.scores") && problem(*resolved, "proposed.score_range"));
        Plan back;
        back.layers["sigmoid"].set(Field::mode, "static");
        QCOMPARE(low.forms(*low(back)), QString("hm:static sigmoid:static wh:static"));
        QVERIFY(!problem(*low(back), "proposed.score_range"));
        QVERIFY(!any_proposed(*model(6, false)()));  // good scores were seen
        QVERIFY(!any_proposed(*model(-6, true)()));
    }

    void scores_have_room_above_what_calibration_saw() {
        // Logits around -6: no score of the calibration images is over one half.
        ModelBuilder b;
        b.input("x", {1, 8, 10, 10}).output("y").weight("k", {}, std::vector<float>{300});
        b.weight("w", {2, 8, 1, 1}, 0.1f).weight("low", {2}, std::vector<float>{-6, -6});
        b.conv("boxes", "x", "a", 8, 4, 1);
        set_attribute(b.node("Conv", "scores", {"x", "w", "low"}, {"s"}), "kernel_shape", Ints{1, 1});
        b.node("Mul", "scale", {"a", "k"}, {"box"});
        b.node("Sigmoid", "sigmoid", {"s"}, {"p"});
        set_attribute(b.node("Concat", "cat", {"box", "p"}, {"y"}), "axis", std::int64_t(1));
        const Case c(b.build());
        const auto range = [&](const Resolved& resolved) {
            const auto id = c.prepared->model->graph().find_tensor("s");
            return resolved.tensors[static_cast<std::size_t>(*id)];
        };
        const auto resolved = c();
        QCOMPARE(range(*resolved)->range.max, 4.0f);
        QCOMPARE(range(*resolved)->origin, Origin::proposed);
        QVERIFY(range(*resolved)->range.min < -5);
        QVERIFY(problem(*resolved, "proposed.score_range"));
        // Boxes are as they were; a clip of the user's holds, and so does a threshold for the layer.
        const auto box = c.prepared->model->graph().find_tensor("a");
        QCOMPARE(resolved->tensors[static_cast<std::size_t>(*box)]->origin, Origin::target);
        Plan clip;
        clip.tensors["s"].set(Field::clip, "-7,-1");
        QCOMPARE(range(*c(clip))->range.max, -1.0f);
        Plan threshold;
        threshold.layers["scores"].set(Field::threshold_method, "minmax");
        QVERIFY(range(*c(threshold))->range.max < 0.1f);
        QVERIFY(!problem(*c(threshold), "proposed.score_range"));
    }
};

QTEST_GUILESS_MAIN(TestDecodeTail)
#include "test_decode_tail.moc"
