// Improved numbers as a file: every format of codes comes back bit by bit, what is damaged is refused, and
// the file beside a plan goes with it.
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <random>

#include "core/base/atomic_file.h"
#include "core/number/kernels.h"
#include "core/project/improved_file.h"

using namespace quantwright;
namespace fs = std::filesystem;

namespace {

std::shared_ptr<const ImprovedWeight> weight(const char* format, std::size_t count, int axis = 0,
                                             int block_size = 0) {
    std::mt19937 random(static_cast<unsigned>(count));
    std::normal_distribution<float> normal;
    auto result = std::make_shared<ImprovedWeight>();
    Parameters& plain = result->plain;
    plain.format = find_format(format);
    plain.qmin = plain.format->qmin;
    plain.qmax = plain.format->qmax;
    plain.axis = axis;
    plain.block_size = block_size;
    for (int i = 0; i < 3; ++i) {
        plain.scale.push_back(std::abs(normal(random)) / 7);
        plain.zero_point.push_back(plain.format->qmin < 0 ? 0 : 5 + i);
    }
    result->parameters = plain;
    for (float& scale : result->parameters.scale)
        scale *= 0.9f;
    // Every code there is, the ends first.
    for (std::size_t i = 0; i < count; ++i)
        result->codes.push_back(i % 2 ? plain.qmax - static_cast<std::int32_t>(i / 2 % 7)
                                      : plain.qmin + static_cast<std::int32_t>(i / 2 % 7));
    for (int i = 0; i < 3; ++i)
        result->bias.push_back(normal(random));
    return result;
}

Improved example() {
    Improved improved;
    improved.model_sha256 = "abc";
    improved.level = "best";
    improved.complete = true;
    improved.images_fit = 36;
    improved.images_judged = 12;
    improved.steps = {{"ranges", 18.1, 18.1 + 1.0 / 3, 0.1, true, 7}, {"rounding", 18.4, {}, 2.5, false, 3}};
    improved.ranges["t"] = {{-1.1f, 3.3f}, {-1.0f / 3, 2.0f / 3}};
    improved.ranges["u"] = {{0, 1e-30f}, {0, 5e-39f}};
    improved.weights["int8"] = weight("int8", 300);
    improved.weights["uint8"] = weight("uint8", 301);
    improved.weights["int4"] = weight("int4", 31, 1, 16);  // half a byte is left over
    improved.weights["uint4"] = weight("uint4", 32, -1);
    improved.weights["int16"] = weight("int16", 33);
    auto plain = std::make_shared<ImprovedWeight>(*weight("int8", 5));
    plain->parameters = plain->plain;
    plain->bias.clear();
    improved.weights["as it was"] = plain;
    return improved;
}

void compare(const Improved& a, const Improved& b) {
    QCOMPARE(a.model_sha256, b.model_sha256);
    QCOMPARE(a.level, b.level);
    QCOMPARE(a.complete, b.complete);
    QCOMPARE(a.images_fit, b.images_fit);
    QCOMPARE(a.images_judged, b.images_judged);
    QVERIFY(a.ranges == b.ranges);
    QCOMPARE(a.steps.size(), b.steps.size());
    for (std::size_t i = 0; i < a.steps.size(); ++i) {
        const ImprovementStep &x = a.steps[i], &y = b.steps[i];
        QCOMPARE(x.name, y.name);
        QVERIFY(x.before_db == y.before_db && x.after_db == y.after_db && x.seconds == y.seconds);
        QVERIFY(x.kept == y.kept && x.changed == y.changed);
    }
    QCOMPARE(a.weights.size(), b.weights.size());
    for (const auto& [layer, weight] : a.weights) {
        const auto found = b.weights.find(layer);
        QVERIFY2(found != b.weights.end(), layer.c_str());
        QVERIFY2(found->second->plain == weight->plain, layer.c_str());
        QVERIFY2(found->second->parameters == weight->parameters, layer.c_str());
        QVERIFY2(found->second->codes == weight->codes, layer.c_str());
        QVERIFY2(found->second->bias == weight->bias, layer.c_str());
    }
}

}  // namespace

class TestImprovedFile : public QObject {
    Q_OBJECT

private slots:
    void everything_comes_back() {
        const Improved improved = example();
        const std::string text = to_text(to_json(improved));
        const auto json = parse_json(text, ErrorCode::plan_invalid, "x");
        QVERIFY(json);
        const auto back = improved_from_json(*json, "x");
        QVERIFY2(back, back ? "" : back.error().detail.c_str());
        compare(improved, **back);
        QCOMPARE(to_text(to_json(**back)), text);
        QCOMPARE(improved_sha256(**back), improved_sha256(improved));
    }

    void codes_take_their_width() {
        const Json json = to_json(example());
        const auto length = [&](const char* name) {
            return json["weights"][name]["codes"].get_ref<const std::string&>().size();
        };
        QCOMPARE(length("int8"), std::size_t(400));  // base64: four letters for three bytes
        QCOMPARE(length("int4"), std::size_t(24));   // 16 bytes
        QCOMPARE(length("int16"), std::size_t(88));
    }

    void what_is_damaged_is_refused_data() {
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("value");
        QTest::newRow("version") << "/quantwright_improved"
                                 << "2";
        QTest::newRow("unknown key") << "/more"
                                     << "1";
        QTest::newRow("no base64") << "/weights/int8/codes"
                                   << "\"?\"";
        QTest::newRow("too few codes") << "/weights/int8/codes"
                                       << "\"AAAA\"";
        QTest::newRow("too many codes") << "/weights/int8/count"
                                        << "299";
        QTest::newRow("a huge count") << "/weights/int8/count"
                                      << "2305843009213693952";
        QTest::newRow("another format") << "/weights/int8/plain/format"
                                        << "\"float\"";
        QTest::newRow("codes out of range") << "/weights/int8/parameters/codes"
                                            << "[-100, 100]";
        QTest::newRow("no finite bias") << "/weights/int8/bias"
                                        << "\"AADAfwAAwH8AAMB/\"";
        QTest::newRow("a scale less") << "/weights/int8/parameters/scale"
                                      << "\"AACAPwAAgD8=\"";
        QTest::newRow("a scale of zero") << "/weights/int8/plain/scale"
                                         << "\"AAAAAAAAgD8AAIA/\"";
        QTest::newRow("another axis") << "/weights/int8/parameters/axis"
                                      << "1";
        QTest::newRow("a range upside down") << "/ranges/t/range"
                                             << "[2, 1]";
        QTest::newRow("a step without a name") << "/steps/0"
                                               << "{}";
    }
    void what_is_damaged_is_refused() {
        QFETCH(QString, place);
        QFETCH(QString, value);
        Json json = to_json(example());
        json[Json::json_pointer(place.toStdString())] = Json::parse(value.toStdString());
        const auto back = improved_from_json(json, "there");
        QVERIFY(!back);
        QCOMPARE(back.error().code, ErrorCode::plan_invalid);
        QCOMPARE(back.error().subject, std::string("there"));
    }

    void beside_a_plan() {
        const QTemporaryDir folder;
        const fs::path plan = folder.filePath("net.qwplan").toStdString();
        QCOMPARE(improved_path(plan).filename(), fs::path("net.qwplan.improved"));
        const auto none = load_improved(plan);
        QVERIFY(none && !*none);
        const Improved improved = example();
        QVERIFY(save_plan({}, &improved, plan));
        const auto back = load_improved(plan);
        QVERIFY(back && *back);
        compare(improved, **back);
        // Another plan of that name has no such numbers.
        QVERIFY(save_plan({}, nullptr, plan));
        QVERIFY(!fs::exists(improved_path(plan)));
        QVERIFY(save_plan({}, nullptr, plan));
        QVERIFY(write_file(improved_path(plan), "nothing"));
        const auto bad = load_improved(plan);
        QVERIFY(!bad);
        QCOMPARE(bad.error().subject, improved_path(plan).string());
    }
};

QTEST_GUILESS_MAIN(TestImprovedFile)
#include "test_improved_file.moc"
