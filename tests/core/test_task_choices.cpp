// Decoders of texts, masks and vectors; what of boxes overlaps; what a user may choose, and what is refused.
#include <QtTest>
#include <cmath>

#include "core/task/builtin_tasks.h"
#include "tests/core/task_networks.h"

using namespace quantwright;
using namespace quantwright::testing;

class TestTaskChoices : public QObject {
    Q_OBJECT

private slots:
    void ctc();
    void masks_data();
    void masks();
    void vectors();
    void suppression();
    void outputs_of_another_kind();
    void choices();
    void names_of_classes();
    void every_description_is_right();
};

void TestTaskChoices::ctc() {
    // Eight steps of seven classes: blank, five characters of the metadata, and the blank that Paddle adds.
    ModelBuilder b(17, 9);
    b.input("x", {1, 3, side, side});
    b.conv("c", "x", "map", 3, 7, 3, 1, 8);
    set_attribute(b.node("MaxPool", "rows", {"map"}, {"row"}), "kernel_shape",
                  std::vector<std::int64_t>{8, 1});
    reshape(b, "row", "steps", {1, 7, 8});
    transpose(b, "steps", "probabilities", {0, 2, 1});
    b.output("probabilities");
    named(b, "character", "水\nb\n压\nd\ne");
    const Run r = run(b);
    const Task task = r.task();
    QCOMPARE(task.decoder, std::string("ctc"));
    QCOMPARE(task.options.characters.size(), std::size_t(6));
    const std::array<std::string, 7> meaning = {"", "水", "b", "压", "d", "e", " "};
    std::string wanted;
    std::size_t before = 0;
    for (std::size_t step = 0; step < 8; ++step) {
        std::size_t best = 0;
        for (std::size_t c = 1; c < 7; ++c)
            if (r.of("probabilities")[step * 7 + c] > r.of("probabilities")[step * 7 + best])
                best = c;
        if (best != 0 && best != before)
            wanted += meaning[best];
        before = best;
    }
    const auto found = decode(task, r.facts.outputs, r.geometry);
    QVERIFY(found.has_value());
    QCOMPARE(std::get<std::string>(*found), wanted);
    // Repeats and blanks, step by step.
    const auto read = [&](const std::vector<int>& classes, int blank) {
        std::vector<float> scores(classes.size() * 3, 0.1f);
        for (std::size_t i = 0; i < classes.size(); ++i)
            scores[i * 3 + static_cast<std::size_t>(classes[i])] = 0.8f;
        Task own = *task_of("ctc");
        own.options.characters = {"a", "b"};
        own.options.blank = blank;
        const auto steps = static_cast<std::int64_t>(classes.size());
        return std::get<std::string>(*decode(own, {{"y", make_tensor({steps, 1, 3}, scores)}}, r.geometry));
    };
    QCOMPARE(read({0, 1, 1, 0, 1, 2, 2, 0}, 0), std::string("aab"));
    QCOMPARE(read({2, 0, 0, 2, 0, 1, 1}, -1), std::string("aab"));
}

void TestTaskChoices::masks_data() {
    QTest::addColumn<QString>("form");
    for (const char* form : {"scores", "probability", "classes"})
        QTest::newRow(form) << form;
}

void TestTaskChoices::masks() {
    QFETCH(QString, form);
    ModelBuilder b(17, 6);
    b.input("x", {1, 3, side, side});
    b.conv("c", "x", "scores", 3, 4, 3, 1, 4).conv("d", "x", "logit", 3, 1, 3, 1, 4);
    b.node("Sigmoid", "s", {"logit"}, {"probability"});
    auto& arg_max = b.node("ArgMax", "a", {"scores"}, {"classes"});
    set_attribute(arg_max, "axis", std::int64_t{1});
    set_attribute(arg_max, "keepdims", std::int64_t{0});
    b.output("scores").output("probability").output("classes", ElementType::int64);
    Run r = run(b);
    std::vector<std::int32_t> wanted;
    for (std::size_t i = 0; i < 256; ++i) {
        std::size_t best = 0;
        for (std::size_t c = 1; c < 4; ++c)
            if (r.of("scores")[c * 256 + i] > r.of("scores")[best * 256 + i])
                best = c;
        wanted.push_back(form == "probability" ? (r.of("probability")[i] > 0.5f ? 1 : 0)
                                               : static_cast<std::int32_t>(best));
    }
    std::erase_if(r.facts.outputs,
                  [&](const NamedOutput& output) { return output.name != form.toStdString(); });
    const Task task = r.task();
    QCOMPARE(task.decoder, std::string("mask"));
    QCOMPARE(task.options.classes, form == "probability" ? 1 : 0);
    const auto found = decode(task, r.facts.outputs, r.geometry);
    QVERIFY(found.has_value());
    const auto& mask = std::get<Mask>(*found);
    QCOMPARE(mask.width, 16);
    QCOMPARE(mask.classes, wanted);
}

void TestTaskChoices::vectors() {
    const Geometry geometry = geometry_of(Size{1, 1});
    const auto task = [](std::vector<float> values, const TaskChoice& choice = {},
                         std::optional<TaskKind> labels = {}) {
        TaskFacts facts;
        const auto count = static_cast<std::int64_t>(values.size());
        facts.outputs = {{"y", make_tensor({1, count}, std::move(values))}};
        facts.labels = labels;
        return recognise(facts, choice).value_or(Task()).kind;
    };
    std::vector<float> unit(128, 0.0f);
    unit[3] = -0.6f;
    unit[7] = 0.8f;
    QVERIFY(task({1, 2, 3}) == TaskKind::classification);
    QVERIFY(task(unit) == TaskKind::embedding);
    QVERIFY(task({7}) == TaskKind::regression);
    QVERIFY(task({1, 2, 3}, {}, TaskKind::regression) == TaskKind::regression);
    QVERIFY(task({1, 2, 3}, {TaskKind::embedding, Json::object()}) == TaskKind::embedding);
    QVERIFY(task(unit, {TaskKind::none, Json::object()}) == TaskKind::none);
    const std::vector<NamedOutput> outputs = {{"y", make_tensor({1, 3}, std::vector<float>{0.5f, 2, -1})}};
    const auto ranked = std::get<Ranking>(*decode(*task_of("classification"), outputs, geometry));
    QCOMPARE(ranked.classes, (std::vector<int>{1, 0, 2}));
    const double sum = std::exp(0.5) + std::exp(2) + std::exp(-1);
    QVERIFY(std::abs(ranked.shares[0] - std::exp(2) / sum) < 1e-9);
    QVERIFY(std::abs(ranked.shares[2] - std::exp(-1) / sum) < 1e-9);
    QCOMPARE(std::get<Values>(*decode(*task_of("regression"), outputs, geometry)), (Values{0.5f, 2, -1}));
}

void TestTaskChoices::suppression() {
    const Detections boxes = {{{0, 0, 10, 10}, 0.5, 0},
                              {{1, 0, 10, 10}, 0.9, 0},
                              {{0, 0, 10, 10}, 0.7, 1},
                              {{40, 0, 10, 10}, 0.9, 0}};
    const Detections kept = suppressed(boxes, 0.5, true, 100);
    QCOMPARE(kept.size(), std::size_t(3));
    QCOMPARE(kept[0].box.x, 1.0);  // equal scores keep their order
    QCOMPARE(kept[2].category, 1);
    QCOMPARE(suppressed(boxes, 0.5, false, 100).size(), std::size_t(2));
    QCOMPARE(suppressed(boxes, 0.9, true, 100).size(), std::size_t(4));
    QCOMPARE(suppressed(boxes, 0.9, true, 2).size(), std::size_t(2));
}

void TestTaskChoices::outputs_of_another_kind() {
    const Geometry geometry = geometry_of(Size{side, side});
    const std::vector<NamedOutput> outputs = {{"y", make_tensor({1, 5}, std::vector<float>{0, 1, 2, 3, 4})}};
    for (const TaskDescription& description : task_descriptions()) {
        if (description.algorithm == "scores" || description.algorithm == "values")
            continue;
        const auto found = decode(*task_of(description.name), outputs, geometry);
        QVERIFY2(!found.has_value(), description.name.c_str());
        QCOMPARE(found.error().code, ErrorCode::task_outputs);
        QCOMPARE(found.error().subject, description.name);
        const auto none = decode(*task_of(description.name), {}, geometry);
        QVERIFY(!none.has_value());
    }
    // A feature map of an unknown kind is no task at all.
    TaskFacts facts;
    facts.input = {side, side};
    facts.input_channels = 3;
    facts.outputs = {{"y", make_tensor({1, 3, side, side}, std::vector<float>(3 * side * side))}};
    QVERIFY(recognise(facts)->kind == TaskKind::none);
    // What the user asks for and can't be had is said.
    const auto asked = recognise(facts, {TaskKind::text, Json::object()});
    QVERIFY(!asked.has_value());
    QCOMPARE(asked.error().code, ErrorCode::task_outputs);
    facts.labels = TaskKind::detection;
    QVERIFY(!recognise(facts).has_value());
}

void TestTaskChoices::choices() {
    TaskFacts facts;
    facts.input = {side, side};
    facts.outputs = {{"y", make_tensor({1, 4}, std::vector<float>{0, 1, 2, 3})}};
    const auto choose = [&](const std::vector<const char*>& options) {
        TaskChoice choice;
        for (const char* one : options)
            if (const auto set = set_option(choice, one); !set)
                return Result<Task>(fail(set));
        return recognise(facts, choice);
    };
    QCOMPARE(choose({"decoder=yolox", "score=0.4", "suppress=false"})->options.score, 0.4);
    for (const char* wrong :
         {"decoder=yolo99", "score=high", "score=2", "sore=0.4", "box=abcd", "strides=[0]",
          "max_detections=1.5", "anchors=[[[1,2,3]]]", "names=cat", "score", "characters=/none"}) {
        const auto task = choose({wrong});
        QVERIFY2(!task.has_value(), wrong);
        QCOMPARE(task.error().code, ErrorCode::task_invalid);
    }
}

void TestTaskChoices::names_of_classes() {
    QCOMPARE(names_in("{0: 'person', 1: \"it's\", 2: 'a, b'}"),
             (std::vector<std::string>{"person", "it's", "a, b"}));
    QCOMPARE(names_in("[\"a\", \"b\"]"), (std::vector<std::string>{"a", "b"}));
    QVERIFY(names_in("{0: 'a', 7: 'b'}").empty());
    QVERIFY(names_in("nothing of the kind").empty());
}

void TestTaskChoices::every_description_is_right() {
    QVERIFY(builtin_tasks().size() >= 20);
    for (const std::string_view text : builtin_tasks()) {
        const auto json = parse_json(text, ErrorCode::task_invalid, "task");
        QVERIFY(json.has_value());
        const auto task = task_of(json->at("name").get<std::string>());
        QVERIFY(task.has_value());
        TaskOptions options;
        const auto set = set_options(options, json->value("options", Json::object()), task->decoder);
        QVERIFY2(set.has_value(), set ? "" : (task->decoder + ": " + set.error().detail).c_str());
        QVERIFY(task->options == options);
        // What is written is read again.
        TaskOptions again;
        QVERIFY(set_options(again, to_json(options), "again").has_value());
        QVERIFY(again == options);
    }
}

QTEST_GUILESS_MAIN(TestTaskChoices)
#include "test_task_choices.moc"
