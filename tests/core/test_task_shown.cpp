// What is kept of results to be shown: in a bounded room, through JSON and back, and as a judge keeps it.
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <limits>
#include <memory>
#include <random>

#include "core/task/decode.h"
#include "core/task/judge.h"
#include "tests/support/png_file.h"
#include "tests/support/small_models.h"

using namespace quantwright;

class TestTaskShown : public QObject {
    Q_OBJECT

private slots:
    void masks_come_back() {
        std::mt19937 random(1);
        Mask mask{17, 9, {}};
        for (int i = 0; i < 17 * 9; ++i)
            mask.classes.push_back(random() % 3 ? 2 : -1);
        const RunMask packed = run_mask(mask);
        const Mask again = unpacked(packed);
        QCOMPARE(again.height, 17);
        QCOMPARE(again.width, 9);
        QCOMPARE(again.classes, mask.classes);
        QVERIFY(packed.runs.size() < mask.classes.size());
        ShownResult result{3, "a/b.png", 0.25, geometry_of(Size{9, 17}), packed, {}};
        const ShownResult read = shown_from_json(Json::parse(to_json(result).dump()));
        QCOMPARE(unpacked(std::get<RunMask>(read.found)).classes, mask.classes);
        QCOMPARE(read.reference.index(), std::size_t(0));
        QCOMPARE(read.image, std::string("a/b.png"));
        QCOMPARE(read.geometry.image.width, 17);
        // Runs that are not the mask's pixels are refused before anything is drawn by them.
        for (const char* runs : {"[152,1]", "[154,1]", "[-1,0,154,1]", "[153]"}) {
            Json wrong = to_json(result);
            wrong["found"]["runs"] = Json::parse(runs);
            QVERIFY_EXCEPTION_THROWN(static_cast<void>(shown_from_json(wrong)), std::exception);
        }
    }

    /// Networks give infinities, too: what is saved can be read.
    void numbers_that_are_none() {
        constexpr double infinite = std::numeric_limits<double>::infinity();
        ShownResult result;
        result.amount = infinite;
        result.found = Ranking{{3, 1}, {std::nan(""), 0.5}};
        result.reference = Detections{{{1, -infinite, 3, infinite}, infinite, 2}};
        const ShownResult read = shown_from_json(Json::parse(to_json(result).dump()));
        QVERIFY(std::isinf(read.amount));
        const auto& shares = std::get<Ranking>(read.found).shares;
        QVERIFY(shares.size() == 2 && std::isnan(shares[0]) && shares[1] == 0.5);
        const Detection& box = std::get<Detections>(read.reference).front();
        QVERIFY(box.box.y < 0 && std::isinf(box.box.y) && std::isinf(box.score) && box.category == 2);
        // A mask that could not be read again is not written.
        const int wide = (1 << 14) + 1;
        result.found = RunMask{1, wide, {{wide, 0}}};
        QCOMPARE(shown_from_json(Json::parse(to_json(result).dump())).found.index(), std::size_t(0));
    }

    void only_what_is_shown() {
        const Detections all = {{{0, 0, 1, 1}, 0.9, 0}, {{0, 0, 1, 1}, 0.4, 0}, {{0, 0, 1, 1}, 0.25, 1}};
        QCOMPARE(std::get<Detections>(to_show(all, 0.4)).size(), std::size_t(2));
        QCOMPARE(std::get<Values>(to_show(Values(1000, 1.0F), 0)).size(), std::size_t(16));
        QCOMPARE(to_show(Prediction(), 0).index(), std::size_t(0));
    }

    /// However many there are: the room is kept, the most changed are there, and every sample is named.
    void the_room_is_bounded() {
        constexpr std::int64_t room = 100'000;
        ShownResults results(room);
        const std::string text(1000, 'x');
        for (int i = 0; i < 1000; ++i)
            results.add({i, std::to_string(i), (i * 7919 % 1000) / 1000.0, {}, text, text});
        const auto sorted = results.sorted();
        QCOMPARE(sorted.size(), std::size_t(1000));
        std::int64_t bytes = 0;
        int kept = 0;
        for (std::size_t i = 0; i < sorted.size(); ++i) {
            QVERIFY(i == 0 || sorted[i - 1].amount >= sorted[i].amount);
            if (sorted[i].kept()) {
                ++kept;
                bytes += 2000;
            }
        }
        QVERIFY(bytes <= room);
        QVERIFY(kept >= 25);
        for (std::size_t i = 0; i < 10; ++i)
            QVERIFY(sorted[i].kept());
    }

    void boxes_find_each_other() {
        const Detections before = {
            {{0, 0, 10, 10}, 0.9, 0}, {{0, 0, 10, 10}, 0.8, 1}, {{50, 50, 5, 5}, 0.7, 0}};
        const Detections now = {{{1, 0, 10, 10}, 0.9, 0}, {{0, 1, 10, 10}, 0.5, 0}, {{50, 54, 5, 5}, 0.4, 0}};
        QCOMPARE(matches(now, before), (std::vector<int>{0, -1, -1}));
        QCOMPARE(matches(before, before), (std::vector<int>{0, 1, 2}));
    }

    void a_judge_keeps_them() {
        const QTemporaryDir folder;
        const std::filesystem::path images = folder.path().toStdString();
        for (const char* name : {"a.png", "b.png", "c.png"})
            testing::write_gray_png(images / name, 32, 32, std::vector<std::uint8_t>(32 * 32, 9));
        InputSource source;
        source.input = "x";
        source.shape = {1, 1, 16, 16};
        source.list = *list_images(images);
        source.preprocess = *resolve_preprocess("letterbox", source.shape);
        const auto reader = *InputReader::create({source});
        Task task = *task_of("end2end");
        task.options.names = {"cat", "dog"};
        const auto judge = Judge::create(task, {"y"}, reader, nullptr);
        const auto rows = [](std::vector<float> values) {
            const auto count = static_cast<std::int64_t>(values.size() / 6);
            return std::vector<Tensor>{make_tensor({1, count, 6}, std::move(values))};
        };
        const auto same = rows({0, 0, 8, 8, .9f, 1});
        judge->keep_shown();
        QVERIFY(judge->add(0, same, same));
        QVERIFY(judge->add(1, rows({8, 8, 16, 16, .9f, 0}), same));
        QVERIFY(judge->add(2, rows({0, 0, 8, 8, .2f, 1}), same));  // too little to be shown
        const Judgement judgement = judge->judgement();
        QCOMPARE(judgement.names, task.options.names);
        QCOMPARE(judgement.shown.size(), std::size_t(3));
        QCOMPARE(judgement.shown[0].image, std::string("b.png"));
        QCOMPARE(judgement.changes[0].image, std::string("b.png"));
        QCOMPARE(judgement.shown[1].image, std::string("c.png"));
        QCOMPARE(judgement.shown[2].amount, 0.0);
        // The images are twice as large as the input: in their pixels.
        const auto& found = std::get<Detections>(judgement.shown[0].found);
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].box.x, 16.0);
        QCOMPARE(found[0].box.width, 16.0);
        QVERIFY(std::get<Detections>(judgement.shown[1].found).empty());
        QCOMPARE(std::get<Detections>(judgement.shown[1].reference).size(), std::size_t(1));
        QCOMPARE(judgement.headline()->name, std::string("agreement_map50"));
        // Another judge of the same has seen nothing, and keeps nothing unless it is told to.
        const auto again = judge->again();
        QCOMPARE(again->judgement().images, std::int64_t(0));
        QVERIFY(again->add(0, same, same));
        QVERIFY(again->judgement().shown.empty());
    }
};

QTEST_MAIN(TestTaskShown)
#include "test_task_shown.moc"
