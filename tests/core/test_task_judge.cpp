// The judge: outputs of two networks and truth in, figures out; each against numbers worked out by hand.
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <memory>

#include "core/evaluate/evaluate.h"
#include "core/task/open_judge.h"
#include "tests/core/files.h"
#include "tests/support/png_file.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using testing::write;
using testing::write_gray_png;
namespace fs = std::filesystem;

namespace {

constexpr int side = 16;

double value(const std::vector<Figure>& figures, const char* name) {
    const Figure* found = find_figure(figures, name);
    return found ? found->value : NAN;
}

bool near(double a, double b) {
    return std::abs(a - b) < 1e-9;
}

}  // namespace

class TestTaskJudge : public QObject {
    Q_OBJECT

private slots:
    void init();
    void detection();
    void detection_without_labels();
    void segmentation();
    void segmentation_of_one_thing();
    void masks_of_another_size();
    void text();
    void embedding();
    void regression();
    void classification();
    void none();
    void opened_for_a_model();
    void judged_while_evaluating();

private:
    /// Gray images of 16x16 pixels, as the network takes them.
    std::shared_ptr<const InputReader> reader(const std::vector<std::string>& names, int width = side,
                                              int height = side) const {
        for (const std::string& name : names)
            write_gray_png(m_folder / "images" / name, width, height,
                           std::vector<std::uint8_t>(static_cast<std::size_t>(width * height), 9));
        InputSource source;
        source.input = "x";
        source.shape = {1, 1, side, side};
        source.list = *list_images(m_folder / "images");
        source.preprocess = *resolve_preprocess("letterbox", source.shape);
        return *InputReader::create({source});
    }
    std::unique_ptr<Judge> judge(const char* decoder, const std::shared_ptr<const InputReader>& reader,
                                 const char* labels = "",
                                 const std::vector<const char*>& options = {}) const {
        Task task = *task_of(decoder);
        TaskChoice choice;
        for (const char* option : options)
            static_cast<void>(set_option(choice, option));
        static_cast<void>(apply(choice, task));
        std::shared_ptr<const Labels> truth;
        if (*labels) {
            auto loaded = load_labels(m_folder / labels, task, *reader);
            if (!loaded)
                qFatal("%s: %s", loaded.error().subject.c_str(), loaded.error().detail.c_str());
            truth = *loaded;
        }
        return Judge::create(std::move(task), {"y"}, reader, truth);
    }
    /// Rows of box (two corners), score, class.
    static std::vector<Tensor> boxes(std::vector<float> rows) {
        const auto count = static_cast<std::int64_t>(rows.size() / 6);
        return {make_tensor({1, count, 6}, std::move(rows))};
    }

    fs::path m_folder;
    std::unique_ptr<QTemporaryDir> m_temporary;
};

void TestTaskJudge::init() {
    m_temporary = std::make_unique<QTemporaryDir>();
    m_folder = m_temporary->path().toStdString();
}

void TestTaskJudge::detection() {
    // The images are twice as large as the input.
    const auto samples = reader({"a.png", "b.png", "c.png"}, 32, 32);
    write(m_folder / "l.json", R"({"images":[{"id":1,"file_name":"a.png"},{"id":2,"file_name":"b.png"}],
        "categories":[{"id":1,"name":"cat"}],"annotations":[
        {"image_id":1,"category_id":1,"bbox":[0,0,16,16],"area":256,"iscrowd":0},
        {"image_id":2,"category_id":1,"bbox":[8,8,16,16],"area":256,"iscrowd":0}]})");
    const auto one = judge("end2end", samples, "l.json");
    // Float finds both; the other finds the first, and in the third image something that nobody asked for.
    QVERIFY(one->add(0, boxes({0, 0, 8, 8, .9f, 0}), boxes({0, 0, 8, 8, .9f, 0})).has_value());
    QVERIFY(one->add(1, boxes({0, 0, 1, 1, .1f, 0}), boxes({4, 4, 12, 12, .8f, 0})).has_value());
    QVERIFY(one->add(2, boxes({0, 0, 8, 8, .95f, 0}), boxes({0, 0, 8, 8, .1f, 0})).has_value());
    const Judgement judged = one->judgement();
    QCOMPARE(judged.images, std::int64_t(3));
    QCOMPARE(judged.labelled, std::int64_t(2));
    QVERIFY(near(value(judged.reference, "map50"), 1));
    // Half of the objects, found first: 51 of 101 recall points.
    QVERIFY(near(value(judged.figures, "map50"), 51.0 / 101));
    QVERIFY(near(value(judged.figures, "map"), 51.0 / 101));
    QVERIFY(std::isnan(value(judged.figures, "map_large")));
    // Against float's two boxes from .25 on: the wrong one of .95 comes first.
    QVERIFY(near(value(judged.agreement, "agreement_map50"), 51.0 / 101 / 2));
    QCOMPARE(judged.classes.size(), std::size_t(1));
    QCOMPARE(judged.classes[0].name, std::string("cat"));
    QVERIFY(near(value(judged.classes[0].figures, "map50"), 51.0 / 101));
    QCOMPARE(judged.changes.size(), std::size_t(2));
    QCOMPARE(judged.changes[0].vanished + judged.changes[1].vanished, std::int64_t(1));
    QCOMPARE(judged.changes[0].appeared + judged.changes[1].appeared, std::int64_t(1));
}

void TestTaskJudge::detection_without_labels() {
    const auto samples = reader({"a.png", "b.png"});
    const auto one = judge("end2end", samples);
    const std::vector<float> two = {0, 0, 8, 8, .9f, 0, 8, 8, 16, 16, .6f, 1};
    std::vector<float> moved = two;
    moved[2] = 7;  // overlaps by 7/8
    QVERIFY(one->add(0, boxes(two), boxes(two)).has_value());
    QVERIFY(one->add(1, boxes(moved), boxes(two)).has_value());
    const Judgement judged = one->judgement();
    QVERIFY(judged.figures.empty());
    QCOMPARE(judged.labelled, std::int64_t(0));
    QVERIFY(near(value(judged.agreement, "agreement_map50"), 1));
    QVERIFY(value(judged.agreement, "agreement_map") < 1);
    QCOMPARE(judged.changes.size(), std::size_t(1));
    QCOMPARE(judged.changes[0].sample, std::int64_t(1));
    QCOMPARE(judged.changes[0].moved, std::int64_t(1));
    QCOMPARE(judged.changes[0].appeared, std::int64_t(0));
    QVERIFY(judged.problems.empty());
    // Where float shows nothing, there is nothing to agree on, and that is said.
    const auto nothing = judge("end2end", samples);
    QVERIFY(nothing->add(0, boxes(two), boxes({0, 0, 8, 8, .2f, 0})).has_value());
    QVERIFY(nothing->judgement().agreement.empty());
    QCOMPARE(nothing->judgement().problems.size(), std::size_t(1));
    QCOMPARE(nothing->judgement().problems[0].code, std::string("task.nothing_found"));
}

void TestTaskJudge::segmentation() {
    const auto samples = reader({"a.png"});
    // Left half class 1, right half class 0, a column of the truth counts nowhere.
    std::vector<std::uint8_t> truth(side * side);
    for (std::size_t i = 0; i < truth.size(); ++i)
        truth[i] = i % side == 0 ? 255 : i % side < 8 ? 1 : 0;
    write_gray_png(m_folder / "masks" / "a.png", side, side, truth);
    const auto one = judge("mask", samples, "masks");
    // Two channels at half the resolution: the first `columns` of eight are class 1.
    const auto scores = [](int columns) {
        std::vector<float> values(2 * 64);
        for (std::size_t i = 0; i < 64; ++i)
            values[64 + i] = static_cast<int>(i % 8) < columns ? 1.0f : -1.0f;
        return std::vector{make_tensor({1, 2, 8, 8}, std::move(values))};
    };
    QVERIFY(one->add(0, scores(5), scores(4)).has_value());
    const Judgement judged = one->judgement();
    QCOMPARE(judged.labelled, std::int64_t(1));
    QVERIFY(near(value(judged.reference, "miou"), 1));
    // Columns of the image: seven of class 1 right, two of class 0 taken for it, six of class 0 right.
    QVERIFY(near(value(judged.figures, "pixel_accuracy"), 13.0 / 15));
    QVERIFY(near(value(judged.figures, "miou"), (7.0 / 9 + 6.0 / 8) / 2));
    QVERIFY(near(value(judged.agreement, "agreement_miou"), (4.0 / 5 + 3.0 / 4) / 2));
    QCOMPARE(judged.changes.size(), std::size_t(1));
    QVERIFY(near(judged.changes[0].amount, 1.0 / 8));
}

void TestTaskJudge::segmentation_of_one_thing() {
    const auto samples = reader({"a.png"});
    std::vector<std::uint8_t> truth(side * side);
    for (std::size_t i = 0; i < truth.size(); ++i)
        truth[i] = i % side < 8 ? 255 : 0;  // white is the thing, and not "ignored"
    write_gray_png(m_folder / "masks" / "a.png", side, side, truth);
    const auto one = judge("mask", samples, "masks", {"classes=1"});
    std::vector<float> values(side * side);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = i % side < 4 ? 0.9f : 0.1f;
    QVERIFY(one->add(0, {make_tensor({1, 1, side, side}, values)}, {}).has_value());
    QVERIFY(near(value(one->judgement().figures, "miou"), (4.0 / 8 + 8.0 / 12) / 2));
}

void TestTaskJudge::masks_of_another_size() {
    const auto samples = reader({"a.png"});
    write_gray_png(m_folder / "masks" / "a.png", 4, 4, std::vector<std::uint8_t>(16));
    const auto one = judge("mask", samples, "masks");
    const auto added = one->add(0, {make_tensor({1, 2, 8, 8}, std::vector<float>(128))}, {});
    QVERIFY(!added.has_value());
    QCOMPARE(added.error().code, ErrorCode::labels_unreadable);
    QVERIFY(added.error().detail.find("4x4") != std::string::npos);
}

void TestTaskJudge::text() {
    const auto samples = reader({"a.png", "b.png"});
    write(m_folder / "l.txt", "a.png\tab\nb.png\tba\n");
    const auto one = judge("ctc", samples, "l.txt", {"characters=[\"a\",\"b\"]"});
    const auto line = [](const std::vector<int>& classes) {
        std::vector<float> scores(classes.size() * 3);
        for (std::size_t i = 0; i < classes.size(); ++i)
            scores[i * 3 + static_cast<std::size_t>(classes[i])] = 1;
        return std::vector{make_tensor({1, static_cast<std::int64_t>(classes.size()), 3}, std::move(scores))};
    };
    QVERIFY(one->add(0, line({1, 2, 0}), line({1, 2, 0})).has_value());
    QVERIFY(one->add(1, line({2, 2, 0}), line({2, 1, 0})).has_value());
    const Judgement judged = one->judgement();
    QVERIFY(near(value(judged.figures, "exact"), 0.5));
    QVERIFY(near(value(judged.figures, "char_error_rate"), 0.25));
    QVERIFY(near(value(judged.reference, "exact"), 1));
    QVERIFY(near(value(judged.agreement, "same_text"), 0.5));
    QCOMPARE(judged.changes.size(), std::size_t(1));
    QCOMPARE(judged.changes[0].now, std::string("b"));
    QCOMPARE(judged.changes[0].before, std::string("ba"));
    QVERIFY(!higher_is_better("char_error_rate"));
}

void TestTaskJudge::embedding() {
    const auto samples = reader({"a.png", "b.png", "c.png"});
    write(m_folder / "p.txt", "a.png b.png 1\na.png c.png 0\nb.png c.png 0\n");
    const auto one = judge("embedding", samples, "p.txt");
    const auto vector = [](float x, float y) {
        return std::vector{make_tensor({1, 2}, std::vector<float>{x, y})};
    };
    QVERIFY(one->add(0, vector(1, 0), vector(1, 0)).has_value());
    QVERIFY(one->add(1, vector(1, 1), vector(1, 0.1f)).has_value());
    QVERIFY(one->add(2, vector(1, 2), vector(0, 1)).has_value());
    const Judgement judged = one->judgement();
    // b is nearer to c than to a now: of two pairs of different things one comes first.
    QVERIFY(near(value(judged.figures, "auc"), 0.5));
    QVERIFY(near(value(judged.figures, "verification_accuracy"), 2.0 / 3));
    QVERIFY(near(value(judged.reference, "auc"), 1));
    const double cosines = 1 + 1.1 / std::sqrt(2 * (1 + double{0.1f} * double{0.1f})) + 2 / std::sqrt(5);
    QVERIFY(std::abs(value(judged.agreement, "mean_cosine") - cosines / 3) < 1e-6);
}

void TestTaskJudge::regression() {
    const auto samples = reader({"a.png", "b.png"});
    write(m_folder / "v.csv", "a.png,1.5\nb.png,2\n");
    const auto one = judge("regression", samples, "v.csv");
    const auto number = [](float x) { return std::vector{make_tensor({1, 1}, std::vector<float>{x})}; };
    QVERIFY(one->add(0, number(2.5f), number(1.5f)).has_value());
    QVERIFY(one->add(1, number(-1), number(2)).has_value());
    const Judgement judged = one->judgement();
    QVERIFY(near(value(judged.figures, "mae"), 2));
    QVERIFY(near(value(judged.figures, "rmse"), std::sqrt(5)));
    QVERIFY(near(value(judged.reference, "mae"), 0));
    QVERIFY(near(value(judged.agreement, "mae_to_float"), 2));
    const auto two = one->add(0, {make_tensor({1, 2}, std::vector<float>{1, 2})}, {});
    QCOMPARE(two.error().code, ErrorCode::labels_other_task);
}

void TestTaskJudge::classification() {
    const auto samples = reader({"0/a.png", "1/b.png"});
    const auto one = judge("classification", samples);
    const auto scores = [](std::vector<float> values) {
        const auto count = static_cast<std::int64_t>(values.size());
        return std::vector{make_tensor({1, count}, std::move(values))};
    };
    QVERIFY(one->add(0, scores({9, 1, 2, 3, 4, 5, 6}), scores({9, 1, 2, 3, 4, 5, 6})).has_value());
    QVERIFY(one->add(1, scores({9, 1, 2, 3, 4, 5, 6}), scores({1, 9, 2, 3, 4, 5, 6})).has_value());
    const Judgement judged = one->judgement();
    QVERIFY(near(value(judged.figures, "top1"), 0.5));
    QVERIFY(near(value(judged.figures, "top5"), 0.5));
    QVERIFY(near(value(judged.reference, "top1"), 1));
    QVERIFY(near(value(judged.agreement, "agreement"), 0.5));
}

void TestTaskJudge::none() {
    const auto samples = reader({"a.png"});
    const auto one = Judge::create({}, {"y"}, samples, nullptr);
    QVERIFY(one->add(0, {make_tensor({1, 2}, std::vector<float>{1, 2})}, {}).has_value());
    QVERIFY(one->judgement().figures.empty());
}

namespace {

/// A segmenter: 1x1x16x16 → 3 classes at half the resolution.
std::shared_ptr<const Model> segmenter(unsigned seed) {
    testing::ModelBuilder b(17, seed);
    b.input("x", {1, 1, side, side}).output("y");
    b.conv("c", "x", "y", 1, 3, 3, 1, 2);
    return b.build();
}

}  // namespace

void TestTaskJudge::opened_for_a_model() {
    const auto samples = reader({"a.png", "b.png"});
    const auto model = segmenter(1);
    const auto session = Session::create(*model);
    QVERIFY(session.has_value());
    const auto run = [&](const std::vector<Tensor>& inputs) { return (*session)->run(inputs); };
    const auto judge = open_judge(*model, {samples, {}, {}, {}}, run);
    QVERIFY(judge.has_value());
    QVERIFY((*judge)->task().kind == TaskKind::segmentation);
    QCOMPARE((*judge)->task().why[0].what, std::string("y 1×3×8×8"));
    // Asked for as something that it isn't.
    TaskChoice text;
    text.kind = TaskKind::text;
    QCOMPARE(open_judge(*model, {samples, {}, {}, text}, run).error().code, ErrorCode::task_outputs);
    write(m_folder / "l.txt", "a.png\tone\n");
    QCOMPARE(open_judge(*model, {samples, m_folder / "l.txt", {}, {}}, run).error().code,
             ErrorCode::task_outputs);
    TaskChoice none;
    none.kind = TaskKind::none;
    QVERIFY((*open_judge(*model, {samples, {}, {}, none}, run))->task().kind == TaskKind::none);
}

void TestTaskJudge::judged_while_evaluating() {
    const auto samples = reader({"a.png", "b.png", "c.png"});
    const auto model = segmenter(1), other = segmenter(2);
    const auto session = Session::create(*model), reference = Session::create(*other);
    const auto judge = open_judge(*model, {samples, {}, {}, {}},
                                  [&](const std::vector<Tensor>& inputs) { return (*session)->run(inputs); });
    QVERIFY(judge.has_value());
    EvaluateOptions options;
    options.judge = [&](std::int64_t sample, const std::vector<Tensor>& outputs,
                        const std::vector<Tensor>& expected) {
        return (*judge)->add(sample, outputs, expected);
    };
    QVERIFY(evaluate(runner(**session), runner(**reference), *samples, options).has_value());
    const Judgement judged = (*judge)->judgement();
    QCOMPARE(judged.images, std::int64_t(3));
    QVERIFY(value(judged.agreement, "agreement_miou") < 1);
    // Its errors end the evaluation.
    options.judge = [](std::int64_t, const std::vector<Tensor>&, const std::vector<Tensor>&) -> Status {
        return fail(ErrorCode::task_outputs, "here");
    };
    QCOMPARE(evaluate(runner(**session), {}, *samples, options).error().code, ErrorCode::task_outputs);
}

QTEST_GUILESS_MAIN(TestTaskJudge)
#include "test_task_judge.moc"
