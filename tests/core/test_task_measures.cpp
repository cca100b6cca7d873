// Figures of segmentation, text, embeddings and regressions against plain references, and scikit-learn's.
#include <QtTest>
#include <array>
#include <cmath>
#include <random>

#include "core/base/json.h"
#include "core/task/measures.h"
#include "core/task/scores.h"
#include "tests/core/files.h"
#include "tests/support/recipe.h"

using namespace quantwright;

class TestTaskMeasures : public QObject {
    Q_OBJECT

private slots:
    void iou_against_a_plain_reference();
    void masks_in_the_image();
    void edit_distances();
    void error_rates();
    void verification_equals_scikit_learn();
    void values();
    void rankings();
};

void TestTaskMeasures::iou_against_a_plain_reference() {
    std::mt19937 random(3);
    constexpr int classes = 5, ignore = 255;
    Confusion confusion;
    // Class 4 is in neither: it has no IoU, and the mean is over the others.
    std::array<std::array<double, classes>, classes> counts{};
    double pixels = 0;
    for (int image = 0; image < 20; ++image) {
        Mask truth{7, 9, {}}, found{7, 9, {}};
        for (int i = 0; i < 63; ++i) {
            const int right = static_cast<int>(random() % 4);
            const int guess = random() % 3 ? right : static_cast<int>(random() % 4);
            const bool ignored = random() % 10 == 0;
            truth.classes.push_back(ignored ? ignore : right);
            found.classes.push_back(guess);
            if (ignored)
                continue;
            ++pixels;
            ++counts[static_cast<std::size_t>(right)][static_cast<std::size_t>(guess)];
        }
        confusion.add(truth, found, ignore);
    }
    double sum = 0, right = 0;
    const auto iou = confusion.iou();
    for (std::size_t c = 0; c < 4; ++c) {
        double of_truth = 0, of_found = 0;
        for (std::size_t other = 0; other < classes; ++other) {
            of_truth += counts[c][other];
            of_found += counts[other][c];
        }
        const double wanted = counts[c][c] / (of_truth + of_found - counts[c][c]);
        QVERIFY(std::abs(iou[c].value() - wanted) < 1e-12);
        sum += wanted;
        right += counts[c][c];
    }
    QVERIFY(std::abs(confusion.mean_iou().value() - sum / 4) < 1e-12);
    QVERIFY(std::abs(confusion.pixel_accuracy().value() - right / pixels) < 1e-12);
    QVERIFY(!Confusion().mean_iou());
}

void TestTaskMeasures::masks_in_the_image() {
    // A 40x20 image in the middle of a 32x32 input, of which the output has a quarter of the pixels.
    Preprocess letterbox;
    letterbox.resize = ResizeMode::letterbox;
    letterbox.size = {32, 32};
    const Geometry geometry = geometry_of({20, 40}, letterbox);
    QCOMPARE(geometry.shift_y, 8.0);
    Mask mask{16, 16, std::vector<std::int32_t>(256, 0)};
    for (std::size_t y = 0; y < 16; ++y)
        for (std::size_t x = 0; x < 16; ++x)
            mask.classes[y * 16 + x] = static_cast<std::int32_t>(100 * y + x);
    const Mask image = in_image(mask, geometry);
    QCOMPARE(image.height, 20);
    QCOMPARE(image.width, 40);
    for (int y = 0; y < 20; ++y)
        for (int x = 0; x < 40; ++x) {
            const int row = static_cast<int>(((y + 0.5) * 0.8 + 8) / 2);
            const int column = static_cast<int>((x + 0.5) * 0.8 / 2);
            QCOMPARE(image.classes[static_cast<std::size_t>(y * 40 + x)], 100 * row + column);
        }
}

void TestTaskMeasures::edit_distances() {
    // Every way to change one into the other, by plain recursion.
    const std::function<std::int64_t(std::u32string_view, std::u32string_view)> plain =
        [&](std::u32string_view a, std::u32string_view b) -> std::int64_t {
        if (a.empty() || b.empty())
            return static_cast<std::int64_t>(a.size() + b.size());
        return std::min({plain(a.substr(1), b) + 1, plain(a, b.substr(1)) + 1,
                         plain(a.substr(1), b.substr(1)) + (a[0] == b[0] ? 0 : 1)});
    };
    std::mt19937 random(4);
    for (int i = 0; i < 200; ++i) {
        std::u32string a, b;
        for (auto* text : {&a, &b})
            for (unsigned n = random() % 7; n > 0; --n)
                *text += U'a' + random() % 3;
        QCOMPARE(edit_distance(a, b), plain(a, b));
    }
}

void TestTaskMeasures::error_rates() {
    TextSums sums;
    sums.add("压力阀门", "压力阀门");
    sums.add("abcd", "abXd");
    sums.add("水表", "水表1");
    QCOMPARE(sums.errors, std::int64_t(2));
    QCOMPARE(sums.characters, std::int64_t(10));
    QCOMPARE(sums.error_rate().value(), 0.2);
    QVERIFY(std::abs(sums.share_exact().value() - 1.0 / 3) < 1e-12);
    QCOMPARE(characters_of("a\xff\xe6\xb0\xb4"), std::u32string(U"a\u00ff水"));
    QVERIFY(!TextSums().error_rate());
}

void TestTaskMeasures::verification_equals_scikit_learn() {
    const auto json =
        parse_json(testing::bytes_of(QUANTWRIGHT_TEST_DATA_DIR "/../../golden/verification.json"),
                   ErrorCode::runtime_failed, "verification.json");
    QVERIFY(json.has_value());
    QCOMPARE(json->at("cases").size(), std::size_t(3));
    for (const Json& data : json->at("cases")) {
        testing::RecipeIntegers integers(data["seed"].get<std::uint32_t>());
        std::vector<ScoredPair> pairs;
        for (int i = 0; i < data["count"].get<int>(); ++i) {
            const bool same = i * 7 % 3 == 0;
            const double value = integers.next() + (same ? data["shift"].get<double>() : 0);
            pairs.push_back({std::floor(value / data["steps"].get<double>()), same});
        }
        const auto found = verification(pairs);
        QVERIFY(found.has_value());
        QVERIFY(std::abs(found->auc - data["auc"].get<double>()) < 1e-12);
        QVERIFY(std::abs(found->accuracy - data["accuracy"].get<double>()) < 1e-12);
    }
    QVERIFY(!verification({{0.5, true}, {0.7, true}}));
}

void TestTaskMeasures::values() {
    ValueErrors errors;
    errors.add(std::vector<double>{1, 2}, std::vector<float>{2, 2});
    errors.add(std::vector<double>{-1, 0}, std::vector<float>{-4, 0});
    QCOMPARE(errors.mae().value(), 1.0);
    QCOMPARE(errors.rmse().value(), std::sqrt(2.5));
    QCOMPARE(cosine(std::vector<float>{1, 0}, std::vector<float>{1, 1}), std::sqrt(0.5));
    QCOMPARE(cosine(std::vector<float>{0, 0}, std::vector<float>{1, 1}), 0.0);
}

void TestTaskMeasures::rankings() {
    const std::vector<float> scores = {1, 5, 5, 2, 9, 0, 5, 5};
    QCOMPARE(best_five(scores), (std::vector<int>{4, 1, 2, 6, 7}));
    QCOMPARE(top1(scores), 4);
    QVERIFY(in_top5(scores, 7));
    QVERIFY(!in_top5(scores, 3));
    QVERIFY(best_five(std::vector<float>{1, NAN}).empty());
}

QTEST_GUILESS_MAIN(TestTaskMeasures)
#include "test_task_measures.moc"
