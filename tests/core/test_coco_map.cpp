// COCO's figures against pycocotools' own (tests/golden/coco_boxes.py makes the same boxes and keeps its
// figures).
#include <QtTest>
#include <cmath>

#include "core/base/json.h"
#include "core/task/coco_map.h"
#include "tests/core/files.h"

using namespace quantwright;

namespace {

class Random {
public:
    explicit Random(std::uint32_t seed) : m_state(seed) {}
    int below(int n) {
        m_state = 1664525u * m_state + 1013904223u;
        return static_cast<int>((m_state >> 16) % static_cast<std::uint32_t>(n));
    }

private:
    std::uint32_t m_state;
};

struct Scene {
    std::vector<TruthBoxes> truth;  ///< image by image
    std::vector<Detections> found;
};

/// coco_boxes.py, scene(): random numbers are asked for in the same order.
Scene scene(std::uint32_t seed, int images, int categories, bool crowded) {
    Random random(seed);
    Scene result;
    for (int image = 1; image <= images; ++image) {
        TruthBoxes truth{image, {}};
        Detections found;
        const int count = random.below(6) ? 0 : -1;
        // Python asks for the number of objects only where there are some, but for the condition first.
        const int objects = count < 0 ? 0 : random.below(8);
        for (int i = 0; i < objects; ++i) {
            const int size = std::array{24, 80, 400}[static_cast<std::size_t>(random.below(3))];
            Box box;
            box.x = random.below(2400) / 4.0;
            box.y = random.below(2400) / 4.0;
            box.width = (8 + random.below(4 * size)) / 4.0;
            box.height = (8 + random.below(4 * size)) / 4.0;
            const int category = random.below(categories - 1);
            const bool crowd = random.below(12) == 0;
            truth.boxes.push_back(
                {box, box.width * box.height * (16 - random.below(8)) / 16, category, crowd});
        }
        if (random.below(9) != 0) {
            for (const TruthBox& own : truth.boxes) {
                const int copies = random.below(3) + (own.crowd ? 6 : 0);
                for (int i = 0; i < copies; ++i) {
                    const auto moved = [&](double side, double extent) {
                        const int most = 1 + static_cast<int>(extent / 4);
                        return side + (random.below(2 * most + 1) - most) / 4.0;
                    };
                    const Box& box = own.box;
                    Detection one;
                    one.box.x = moved(box.x, box.width);
                    one.box.y = moved(box.y, box.height);
                    one.box.width = std::max(0.25, moved(box.width, box.width));
                    one.box.height = std::max(0.25, moved(box.height, box.height));
                    one.score = random.below(65) / 64.0;
                    one.category = random.below(8) == 0 ? random.below(categories) : own.category;
                    found.push_back(one);
                }
            }
            const int more = !crowded || image % 50 ? random.below(4) : 130;
            for (int i = 0; i < more; ++i) {
                Detection one;
                one.box.x = random.below(2400) / 4.0;
                one.box.y = random.below(2400) / 4.0;
                one.box.width = (1 + random.below(1600)) / 4.0;
                one.box.height = (1 + random.below(1600)) / 4.0;
                one.score = random.below(65) / 64.0;
                one.category = crowded ? 0 : random.below(categories);
                found.push_back(one);
            }
        }
        result.truth.push_back(std::move(truth));
        result.found.push_back(std::move(found));
    }
    return result;
}

std::vector<std::pair<std::string, std::optional<double>>> named(const CocoFigures& f) {
    return {{"map", f.map},
            {"map50", f.map50},
            {"map75", f.map75},
            {"map_small", f.map_small},
            {"map_medium", f.map_medium},
            {"map_large", f.map_large},
            {"recall_1", f.recall_1},
            {"recall_10", f.recall_10},
            {"recall_100", f.recall_100},
            {"recall_small", f.recall_small},
            {"recall_medium", f.recall_medium},
            {"recall_large", f.recall_large}};
}

}  // namespace

class TestCocoMap : public QObject {
    Q_OBJECT

private slots:
    void equals_pycocotools_data();
    void equals_pycocotools();
    void nothing_to_find();
    void order_of_equal_scores();

private:
    static Json golden() {
        const auto json =
            parse_json(testing::bytes_of(QUANTWRIGHT_TEST_DATA_DIR "/../../golden/coco_boxes.json"),
                       ErrorCode::runtime_failed, "coco_boxes.json");
        return json ? *json : Json();
    }
};

void TestCocoMap::equals_pycocotools_data() {
    QTest::addColumn<int>("index");
    QTest::addColumn<int>("threads");
    for (int i = 0; i < 3; ++i)
        for (const int threads : {1, 2})
            QTest::addRow("case %d, %d threads", i, threads) << i << threads;
}

void TestCocoMap::equals_pycocotools() {
    QFETCH(int, index);
    QFETCH(int, threads);
    const Json data = golden().at("cases").at(static_cast<std::size_t>(index));
    const Scene boxes = scene(data["seed"].get<std::uint32_t>(), data["images"].get<int>(),
                              data["categories"].get<int>(), data["crowded"].get<bool>());
    std::size_t truth = 0, found = 0;
    CocoMap map;
    // Last image first: the order is that of the images' ids.
    for (std::size_t i = boxes.truth.size(); i-- > 0;) {
        truth += boxes.truth[i].boxes.size();
        found += boxes.found[i].size();
        map.add(boxes.truth[i], boxes.found[i]);
    }
    QCOMPARE(truth, data["truth"].get<std::size_t>());
    QCOMPARE(found, data["found"].get<std::size_t>());
    const CocoResult result = map.result(threads);
    int compared = 0;
    for (const auto& [name, value] : named(result.all)) {
        QCOMPARE(value.has_value(), data["figures"].contains(name));
        if (!value)
            continue;
        const double wanted = data["figures"][name].get<double>();
        QVERIFY2(std::abs(*value - wanted) < 1e-6, qPrintable(QStringLiteral("%1: %2, pycocotools %3")
                                                                  .arg(name.c_str())
                                                                  .arg(*value, 0, 'g', 12)
                                                                  .arg(wanted, 0, 'g', 12)));
        ++compared;
    }
    QCOMPARE(compared, 12);
    const Json& by_category = data["by_category"];
    for (std::size_t i = 0; i < by_category.size(); ++i) {
        const auto own = result.categories.find(static_cast<int>(i));
        QCOMPARE(own != result.categories.end(), !by_category[i].is_null());
        if (own != result.categories.end())
            QVERIFY(std::abs(own->second.map.value() - by_category[i].get<double>()) < 1e-6);
    }
}

void TestCocoMap::nothing_to_find() {
    CocoMap map;
    QVERIFY(!map.result().all.map.has_value());
    map.add({1, {}}, {{{0, 0, 10, 10}, 0.9, 0}});
    QVERIFY(!map.result().all.map.has_value());
    map.add({2, {{{0, 0, 10, 10}, 100, 0, true}}}, {});  // a crowd alone is nothing to find
    QVERIFY(!map.result().all.map.has_value());
    map.add({3, {{{0, 0, 10, 10}, 100, 0, false}}}, {});
    QCOMPARE(map.result().all.map.value(), 0.0);
    QVERIFY(!map.result().all.map_large.has_value());
    QCOMPARE(map.boxes(), std::int64_t(1));
}

void TestCocoMap::order_of_equal_scores() {
    // A right and a wrong box of the same score: which one comes first is worth half the precision.
    const auto precision = [](std::int64_t order_of_wrong) {
        CocoMap map;
        map.add({order_of_wrong, {}}, {{{0, 0, 10, 10}, 0.5, 0}});
        map.add({5, {{{0, 0, 10, 10}, 100, 0, false}}}, {{{0, 0, 10, 10}, 0.5, 0}});
        return map.result().all.map.value();
    };
    QVERIFY(std::abs(precision(9) - 1) < 1e-9);
    QVERIFY(std::abs(precision(1) - 0.5) < 1e-9);
}

QTEST_GUILESS_MAIN(TestCocoMap)
#include "test_coco_map.moc"
