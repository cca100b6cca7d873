// Layers that people think of as one: what a choice for them means, and that it changes no arithmetic.
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

#include "core/analyze/sensitivity.h"
#include "core/plan/edit_parts.h"
#include "core/runtime/session.h"
#include "core/simulate/simulation.h"
#include "tests/support/agreement.h"
#include "tests/support/prepared_models.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/sample_files.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

/// x → Conv → SiLU → Conv → SiLU → y, calibrated.
struct Silu {
    Prepare p;
    std::shared_ptr<const Statistics> statistics;
    std::shared_ptr<const Model> model;

    Silu() {
        ModelBuilder b(17);
        b.input("x", {1, 4, 8, 8}).output("y");
        for (const std::string name : {"a", "b"}) {
            const bool first = name == "a";
            b.conv("/" + name + "/Conv", first ? "x" : "a2", name, first ? 4 : 6, 6);
            b.node("Sigmoid", "/" + name + "1/Sigmoid", {name}, {name + "1"});
            b.node("Mul", "/" + name + "2/Mul", {name, name + "1"}, {name + "2"});
        }
        b.node("Identity", "/end/Identity", {"b2"}, {"y"});
        model = b.build();
        p = prepared(model);
        statistics = reference_statistics(*p, random_inputs(*model, 4));
    }
    [[nodiscard]] std::shared_ptr<const Resolved> resolved(const Plan& plan = {}) const {
        return *resolve(p, statistics, plan);
    }
    [[nodiscard]] const std::string& name(std::size_t layer) const { return p->layers[layer].name; }
};

}  // namespace

class TestGroupChoices : public QObject {
    Q_OBJECT

private slots:
    void choices();
    void options();
    void rules();
    void parts_alone();
    void sensitivity();
    void same_arithmetic_data();
    void same_arithmetic();
};

void TestGroupChoices::choices() {
    const Silu net;
    QCOMPARE(net.p->groups.size(), std::size_t(2));
    const auto modes = [&](const Plan& plan) {
        Strings found;
        for (const ResolvedLayer& layer : net.resolved(plan)->layers)
            found.push_back(std::string(name_of(layer.mode)));
        return found;
    };
    QCOMPARE(modes({}), Strings(6, "static"));
    // The group's name speaks for its parts, …
    Plan plan;
    plan.layers[net.name(0)].set(Field::mode, "fp16");
    QCOMPARE(modes(plan), (Strings{"fp16", "fp16", "fp16", "static", "static", "static"}));
    QCOMPARE(net.resolved(plan)->layers[1][Field::mode].origin, Origin::layer);
    QCOMPARE(net.resolved(plan)->quantized_groups(), 2);
    // … a part's own is stronger, as plans written before have it.
    plan.layers[net.name(2)].set(Field::mode, "float");
    QCOMPARE(modes(plan), (Strings{"fp16", "fp16", "float", "static", "static", "static"}));
    // All of a group float: one group less.
    plan = {};
    plan.layers[net.name(3)].set(Field::mode, "float");
    QCOMPARE(net.resolved(plan)->quantized_groups(), 1);
    QCOMPARE(net.resolved(plan)->quantized_layers(), 3);
    // What the target can't do is said once.
    plan = {};
    plan.target = "tensorrt";
    plan.layers[net.name(0)].set(Field::mode, "dynamic");
    const auto problems = net.resolved(plan)->problems;
    QCOMPARE(std::count_if(problems.begin(), problems.end(),
                           [](const Problem& problem) { return problem.code == "plan.target_refuses"; }),
             1);
}

void TestGroupChoices::options() {
    const Silu net;
    Plan plan;
    plan.layers[net.name(1)].set(Field::mode, "fp16");
    QCOMPARE(*apply_option(plan, *net.p, net.name(0), Field::mode, "float"), 1);
    for (int layer : {0, 1, 2})
        QCOMPARE(net.resolved(plan)->layers[std::size_t(layer)].mode, LayerMode::kept_float);
    QCOMPARE(net.resolved(plan)->layers[3].mode, LayerMode::static_);
    // A part by its own name.
    QCOMPARE(*apply_option(plan, *net.p, net.name(4), Field::mode, "float"), 1);
    QCOMPARE(net.resolved(plan)->layers[3].mode, LayerMode::static_);
    QCOMPARE(net.resolved(plan)->layers[4].mode, LayerMode::kept_float);
    QCOMPARE(*apply_option(plan, *net.p, "*", Field::mode, "float"), 2);
    QCOMPARE(net.resolved(plan)->quantized_layers(), 0);
}

void TestGroupChoices::rules() {
    const Silu net;
    const auto floats = [&](Rule rule) {
        rule.set.set(Field::mode, "float");
        Plan plan;
        plan.rules.push_back(std::move(rule));
        std::vector<int> found;
        for (std::size_t i = 0; i < 6; ++i)
            if (net.resolved(plan)->layers[i].kept_float == KeptFloat::chosen)
                found.push_back(static_cast<int>(i));
        return found;
    };
    QCOMPARE(floats({net.name(0), "", "", {}}), (std::vector<int>{0, 1, 2}));
    QCOMPARE(floats({net.name(1), "", "", {}}), (std::vector<int>{1}));
    QCOMPARE(floats({"", "Sigmoid", "", {}}), (std::vector<int>{1, 4}));
    QCOMPARE(floats({"", "Conv+SiLU", "", {}}), (std::vector<int>{0, 1, 2, 3, 4, 5}));
    QCOMPARE(floats({"", "", "first", {}}), (std::vector<int>{0, 1, 2}));
    QCOMPARE(floats({"", "", "last", {}}), (std::vector<int>{3, 4, 5}));
    QCOMPARE(floats({"", "Conv", "", {}}), (std::vector<int>{0, 3}));
}

void TestGroupChoices::parts_alone() {
    const Silu net;
    const auto concerned = [](int) { return true; };
    const auto said = [&](const Plan& plan, std::size_t layer) -> std::string {
        const auto found = plan.layers.find(net.name(layer));
        return found == plan.layers.end() ? "" : found->second[Field::mode].value_or("");
    };
    const auto modes = [&](const Plan& plan) {
        Strings found;
        for (std::size_t i = 0; i < 3; ++i)
            found.push_back(net.resolved(plan)->layers[i][Field::mode].value);
        return found;
    };
    // The whole group: one choice, and the parts' own go.
    Plan plan;
    plan.layers[net.name(1)].set(Field::mode, "fp16");
    const Plan before = plan;
    const auto whole = edit_parts(*net.p, plan, {0, 1, 2}, Field::mode, "float", concerned);
    const auto back = apply(plan, whole);
    QVERIFY(back);
    QCOMPARE(plan.layers.size(), std::size_t(1));
    QCOMPARE(said(plan, 0), std::string("float"));
    QVERIFY(apply(plan, *back));
    QVERIFY(plan == before);
    // A part that doesn't lead.
    plan = {};
    QVERIFY(apply(plan, edit_parts(*net.p, plan, {2}, Field::mode, "float", concerned)));
    QCOMPARE(modes(plan), (Strings{"static", "static", "float"}));
    QCOMPARE(plan.layers.size(), std::size_t(1));
    // The lead alone: the others keep what they have.
    plan = {};
    QVERIFY(apply(plan, edit_parts(*net.p, plan, {0}, Field::mode, "float", concerned)));
    QCOMPARE(modes(plan), (Strings{"float", "static", "static"}));
    // Where the field says nothing to the others, the lead is the whole.
    plan = {};
    QVERIFY(apply(plan, edit_parts(*net.p, plan, {0}, Field::weight_format, "int4",
                                   [](int layer) { return layer == 0; })));
    QCOMPARE(plan.layers.size(), std::size_t(1));
}

void TestGroupChoices::sensitivity() {
    const Silu net;
    QTemporaryDir folder;
    const std::filesystem::path path = folder.path().toStdString();
    write_samples(path, random_inputs(*net.model, 6));
    const auto reader = reader_of(path, *net.model);
    const auto resolved = net.resolved();
    const auto found = analyze_sensitivity(resolved, *reader);
    QVERIFY(found);
    // One figure for each group: all of its parts quantized, nothing else.
    QCOMPARE((*found)->layers.size(), std::size_t(2));
    for (const LayerSensitivity& one : (*found)->layers) {
        QCOMPARE(one.layer, net.p->group_of(one.layer).lead);
        SimulationOptions options;
        options.only_layers = net.p->group_of(one.layer).layers;
        const auto alone = Simulation::create(resolved, options);
        const auto plain = Session::create(*net.p->model, {1, Optimizations::standard, {}});
        QVERIFY(alone && plain);
        ErrorSums error;
        for (std::int64_t i = 0; i < reader->size(); ++i) {
            const auto inputs = reader->load(i);
            QVERIFY(inputs);
            error.add((*(*plain)->run(*inputs))[0].floats(), (*(*alone)->run(*inputs))[0].floats());
        }
        QVERIFY(std::abs(*error.snr_db() - *one.snr_db_alone) < 0.1);
    }
}

void TestGroupChoices::same_arithmetic_data() {
    QTest::addColumn<QString>("chosen");
    for (const char* mode : {"static", "float", "fp16", "dynamic", "weight-only", "int16"})
        QTest::newRow(mode) << mode;
}

void TestGroupChoices::same_arithmetic() {
    QFETCH(QString, chosen);
    const Silu net;
    Plan plan;
    if (chosen == "int16")
        plan.layers[net.name(0)].set(Field::activation_format, "int16");
    else
        plan.layers[net.name(0)].set(Field::mode, chosen.toStdString());
    const auto resolved = net.resolved(plan);
    Agreement agreement;
    for (const auto& inputs : random_inputs(*net.model, 3)) {
        const auto values = run_both(resolved, inputs);
        QVERIFY(values);
        const std::string wrong = disagreement(*resolved, *values, agreement);
        QVERIFY2(wrong.empty(), wrong.c_str());
    }
    QVERIFY(agreement.compared > 0);
    // What a default quantizes between the parts stays quantized.
    if (chosen == "static")
        for (const Layer& layer : net.p->layers)
            QVERIFY(resolved->tensors[static_cast<std::size_t>(layer.outputs.front())]);
}

QTEST_GUILESS_MAIN(TestGroupChoices)
#include "test_group_choices.moc"
