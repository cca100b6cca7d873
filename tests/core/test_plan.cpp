// Plans as documents: JSON, precedence, options, edits and their inverses.
#include <QtTest>

#include "core/plan/edit.h"
#include "core/plan/plan.h"
#include "core/plan/target.h"
#include "tests/support/small_models.h"

using namespace quantwright;

class TestPlan : public QObject {
    Q_OBJECT

    static Plan example() {
        Plan plan;
        plan.model_sha256 = "abc";
        plan.target = "spacemit-k1";
        plan.defaults.set(Field::activation_symmetric, "false");
        plan.defaults.set(Field::threshold_percentile, "99.99");
        Rule rule{"/head/*", "MatMul", "last", {}};
        rule.set.set(Field::mode, "float");
        plan.rules.push_back(rule);
        plan.layers["/conv1/Conv"].set(Field::weight_granularity, "tensor");
        plan.tensors["/relu3/Relu_output_0"].set(Field::clip, "-1.2,5.9");
        plan.excluded_images = {"b.png", "a.png"};
        return plan;
    }

private slots:
    void survives_json() {
        const Plan plan = example();
        const auto text = to_text(to_json(plan));
        const auto json = parse_json(text, ErrorCode::plan_invalid, "x");
        QVERIFY(json);
        const auto back = plan_from_json(*json, "x");
        QVERIFY2(back, back ? "" : back.error().detail.c_str());
        QCOMPARE(to_text(to_json(*back)), text);
        QCOMPARE(*back->layers.at("/conv1/Conv")[Field::weight_granularity], std::string("tensor"));
        QCOMPARE(clip_range(*back->tensors.begin()->second[Field::clip])->max, 5.9f);
    }

    void bad_json_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("detail");
        QTest::newRow("no version") << R"({"target":"spacemit-k1"})"
                                    << "quantwright_plan";
        QTest::newRow("unknown key") << R"({"quantwright_plan":1,"colour":"red"})"
                                     << "colour";
        QTest::newRow("unknown setting") << R"({"quantwright_plan":1,"defaults":{"weight":{"colour":"red"}}})"
                                         << "weight.colour";
        QTest::newRow("bad value") << R"({"quantwright_plan":1,"defaults":{"mode":"sometimes"}})"
                                   << "mode";
        QTest::newRow("wrong kind") << R"({"quantwright_plan":1,"defaults":{"weight":{"symmetric":"yes"}}})"
                                    << "weight.symmetric";
        QTest::newRow("inverted clip") << R"({"quantwright_plan":1,"tensors":{"t":{"clip":[3,1]}}})"
                                       << "clip";
        QTest::newRow("percentile 101")
            << R"({"quantwright_plan":1,"defaults":{"activation":{"threshold":{"percentile":101}}}})"
            << "percentile";
        QTest::newRow("position")
            << R"({"quantwright_plan":1,"rules":[{"match":{"position":"middle"},"set":{}}]})"
            << "position";
        QTest::newRow("rules no array") << R"({"quantwright_plan":1,"rules":{}})"
                                        << "rules";
        QTest::newRow("truncate") << R"({"quantwright_plan":1,"truncate":"t"})"
                                  << "truncate";
        QTest::newRow("array") << R"([1,2])"
                               << "object";
    }
    void bad_json() {
        QFETCH(QString, text);
        QFETCH(QString, detail);
        const auto json = parse_json(text.toStdString(), ErrorCode::plan_invalid, "p.qwplan");
        QVERIFY(json);
        const auto plan = plan_from_json(*json, "p.qwplan");
        QVERIFY(!plan);
        QCOMPARE(plan.error().code, ErrorCode::plan_invalid);
        QCOMPARE(plan.error().subject, std::string("p.qwplan"));
        QVERIFY2(QString::fromStdString(plan.error().detail).contains(detail), plan.error().detail.c_str());
    }

    void globs() {
        QVERIFY(glob_match("*", ""));
        QVERIFY(glob_match("/a/*/Conv", "/a/b/c/Conv"));
        QVERIFY(glob_match("/a/?", "/a/b"));
        QVERIFY(!glob_match("/a/?", "/a/bc"));
        QVERIFY(!glob_match("Conv", "/Conv"));
        QVERIFY(glob_match("*Conv*", "/x/Conv_3"));
        QVERIFY(!glob_match("a*b*c", "axxbxx"));
        QVERIFY(!glob_match(std::string(40, '*') + "b", std::string(4000, 'a')));
    }

    void targets_are_read() {
        QCOMPARE(target_names(), (std::vector<std::string>{"ncnn", "onnxruntime-arm", "onnxruntime-x86",
                                                           "spacemit-k1", "tensorrt"}));
        const auto x86 = find_target("onnxruntime-x86"), k1 = find_target("spacemit-k1");
        QVERIFY(x86 && k1);
        QVERIFY((*x86)->integer_bias && !(*k1)->integer_bias);
        QCOMPARE(*(*x86)->defaults[Field::weight_storage], std::string("uint8"));
        QCOMPARE((*k1)->scale_floor, 0x1p-23f);
        QCOMPARE(find_target("abacus").error().code, ErrorCode::plan_invalid);
        const auto unknown =
            parse_json(R"({"quantwright_target":1,"name":"x","speed":"high"})", ErrorCode::plan_invalid, "x");
        QVERIFY(!target_from_json(*unknown, "x"));
    }

    void edits_have_inverses() {
        Plan plan = example();
        const Plan before = plan;
        Edit edit = set_layers({"/a", "/b", "/conv1/Conv"}, Field::mode, "float");
        edit.assignments.push_back(
            {Assignment::Scope::layer, "/conv1/Conv", Field::weight_granularity, std::nullopt});
        edit.assignments.push_back({Assignment::Scope::target, {}, Field::mode, "onnxruntime-x86"});
        edit.assignments.push_back({Assignment::Scope::exclude_image, "c.png", Field::mode, "true"});
        edit.assignments.push_back({Assignment::Scope::tensor, "t", Field::clip, clip_text({-1, 2})});
        const auto inverse = apply(plan, edit);
        QVERIFY(inverse);
        QVERIFY(plan != before);
        QCOMPARE(*plan.layers["/b"][Field::mode], std::string("float"));
        const Plan after = plan;
        const auto redo = apply(plan, *inverse);
        QVERIFY(redo);
        QCOMPARE(to_text(to_json(plan)), to_text(to_json(before)));
        QVERIFY(apply(plan, *redo));
        QCOMPARE(to_text(to_json(plan)), to_text(to_json(after)));
    }

    void one_plan_becomes_another() {
        Plan from = example();
        from.excluded_images = {"a.png", "b.png"};
        Plan to = from;
        to.target = "tensorrt";
        to.preset = "fast";
        to.defaults.set(Field::activation_symmetric, std::nullopt);
        to.defaults.set(Field::rounding, "half-away");
        to.rules.clear();
        to.layers["/conv1/Conv"].set(Field::mode, "float");
        to.layers["/conv2/Conv"].set(Field::weight_format, "int4");
        to.tensors.clear();
        to.excluded_images = {"b.png", "c.png"};
        from.truncate = {"t1", "t2"};
        to.truncate = {"t0", "t2"};
        for (const auto& [first, second] : {std::pair(from, to), {to, from}, {Plan{}, to}, {from, from}}) {
            Plan plan = first;
            plan.model_sha256 = second.model_sha256;
            const Plan before = plan;
            const auto inverse = apply(plan, edit_to(plan, second));
            QVERIFY(inverse);
            QCOMPARE(to_text(to_json(plan)), to_text(to_json(second)));
            QVERIFY(plan == second);
            const auto again = apply(plan, *inverse);
            QVERIFY(again && plan == before);
            QVERIFY(apply(plan, *again) && plan == second);
        }
    }

    void truncation_in_a_file() {
        QVERIFY(!to_json(Plan{}).contains("truncate"));  // which versions before it could not read
        const auto json =
            parse_json(R"({"quantwright_plan":1,"truncate":["b","a","b"]})", ErrorCode::plan_invalid, "p");
        const auto plan = plan_from_json(*json, "p");
        QVERIFY(plan);
        QCOMPARE(plan->truncate, (std::vector<std::string>{"a", "b"}));
        QVERIFY(*plan_from_json(to_json(*plan), "p") == *plan);
        Plan edited = *plan;
        const auto inverse = apply(edited, set_truncation(edited, {"c", "a"}));
        QCOMPARE(edited.truncate, (std::vector<std::string>{"a", "c"}));
        QVERIFY(apply(edited, *inverse) && edited == *plan);
        QVERIFY(apply(edited, set_truncation(edited, {})) && edited.truncate.empty());
    }

    void the_same_place_twice_in_one_edit() {
        Plan plan;
        Edit edit = set_layers({"/a"}, Field::mode, "float");
        edit.assignments.push_back({Assignment::Scope::layer, "/a", Field::mode, "static"});
        const auto inverse = apply(plan, edit);
        QCOMPARE(*plan.layers["/a"][Field::mode], std::string("static"));
        QVERIFY(apply(plan, *inverse));
        QVERIFY(plan == Plan{});
    }

    void an_invalid_edit_changes_nothing() {
        Plan plan = example();
        const Plan before = plan;
        Edit edit = set_layers({"/a", "/b"}, Field::mode, "float");
        edit.assignments.push_back({Assignment::Scope::layer, "/c", Field::mode, "sometimes"});
        QVERIFY(!apply(plan, edit));
        QVERIFY(plan == before);
    }

    void options_beat_the_plan() {
        const auto prepared = prepare(testing::small_cnn());
        QVERIFY(prepared);
        Plan plan;
        plan.layers["/block/project/Conv"].set(Field::weight_granularity, "channel");
        Rule rule{"*", {}, {}, {}};
        rule.set.set(Field::weight_granularity, "channel");
        plan.rules.push_back(rule);
        QVERIFY(apply_option(plan, **prepared, {}, Field::weight_granularity, "tensor"));
        QCOMPARE(*plan.defaults[Field::weight_granularity], std::string("tensor"));
        QVERIFY(plan.rules[0].set.empty());
        QVERIFY(plan.layers["/block/project/Conv"].empty());
        const auto count = apply_option(plan, **prepared, "/block/*", Field::mode, "float");
        QCOMPARE(*count, 3);  // depthwise, project, Add
        QVERIFY(!apply_option(plan, **prepared, {}, Field::mode, "sometimes"));
    }
};

QTEST_GUILESS_MAIN(TestPlan)
#include "test_plan.moc"
