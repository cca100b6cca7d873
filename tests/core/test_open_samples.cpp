// From what is asked for to a source for every input: images, lists, arrays and raw files, of one input and
// of several.
#include <QTemporaryDir>
#include <QtTest>

#include "core/images/samples.h"
#include "tests/support/two_inputs.h"

using namespace quantwright;
using testing::two_inputs;
namespace fs = std::filesystem;

namespace {

std::shared_ptr<const Model> one_input() {
    testing::ModelBuilder b;
    b.input("image", {1, 3, 8, 8});
    b.conv("conv", "image", "y", 3, 4);
    b.output("y");
    return b.build();
}

std::vector<std::string> names(const Samples& samples) {
    std::vector<std::string> result;
    for (std::int64_t i = 0; i < samples.reader->samples(); ++i)
        result.push_back(samples.reader->file(i).relative);
    return result;
}

/// The first token of every sample.
std::vector<std::int64_t> first_tokens(const Samples& samples) {
    std::vector<std::int64_t> result;
    for (std::int64_t i = 0; i < samples.reader->size(); ++i)
        result.push_back(samples.reader->load(i)->front().as<std::int64_t>()[0]);
    return result;
}

using Names = std::vector<std::string>;
using Numbers = std::vector<std::int64_t>;

}  // namespace

class TestOpenSamples : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;

    [[nodiscard]] fs::path place(const char* name) const {
        return fs::path(m_folder->path().toStdString()) / name;
    }
    [[nodiscard]] SampleRequest both(const char* ids) const {
        SampleRequest request;
        request.images.path = place("images");
        request.inputs["token_ids"].path = place(ids);
        return request;
    }

private slots:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        testing::write_two_inputs(m_folder->path().toStdString());
    }

    void sources_data() {
        QTest::addColumn<QString>("images");
        QTest::addColumn<QStringList>("expected");
        const QStringList folder = {"a.bmp", "b.bmp", "c.bmp", "d.bmp", "e.bmp"};
        QTest::newRow("a folder") << "images" << folder;
        QTest::newRow("a list") << "list.txt"
                                << QStringList{"images/e.bmp", "images/d.bmp", "images/c.bmp", "images/b.bmp",
                                               "images/a.bmp"};
        QTest::newRow("a file") << "images/c.bmp" << QStringList{"c.bmp"};
    }
    void sources() {
        QFETCH(QString, images);
        QFETCH(QStringList, expected);
        SampleRequest request;
        request.images.path = place(qPrintable(images));
        const auto samples = open_samples(*one_input(), request);
        QVERIFY(samples);
        QStringList found;
        for (const std::string& name : names(*samples))
            found << QString::fromStdString(name);
        QCOMPARE(found, expected);
        QVERIFY(samples->preprocess == preprocess_preset("imagenet", {1, 3, 8, 8}).value());
    }

    void inputs_data() {
        QTest::addColumn<QString>("ids");
        QTest::newRow("a folder of arrays") << "ids";
        QTest::newRow("one array of all") << "ids.npy";
        QTest::newRow("raw files") << "raw";
    }
    void inputs() {
        QFETCH(QString, ids);
        SampleRequest request = both(qPrintable(ids));
        request.inputs["token_ids"].raw_type = ElementType::int64;
        const auto samples = open_samples(*two_inputs(), request);
        QVERIFY2(samples, samples ? "" : samples.error().detail.c_str());
        QCOMPARE(names(*samples), (Names{"a.bmp", "b.bmp", "c.bmp", "d.bmp", "e.bmp"}));
        QCOMPARE(first_tokens(*samples), (Numbers{0, 100, 200, 300, 400}));
        QCOMPARE(samples->reader->load(1)->back().shape, (Shape{1, 3, 8, 8}));
    }

    void one_file_goes_with_every_sample() {
        const auto samples = open_samples(*two_inputs(), both("one"));
        QVERIFY(samples);
        QCOMPARE(first_tokens(*samples), Numbers(5, 7));
    }

    void what_is_left_out_is_so_for_all() {
        SampleRequest request = both("ids");
        request.excluded = {"b.bmp", "d.bmp"};
        auto samples = open_samples(*two_inputs(), request);
        QVERIFY(samples);
        QCOMPARE(names(*samples), (Names{"a.bmp", "c.bmp", "e.bmp"}));
        QCOMPARE(first_tokens(*samples), (Numbers{0, 200, 400}));
        request.at_most = 2;
        samples = open_samples(*two_inputs(), request);
        QCOMPARE(first_tokens(*samples), (Numbers{0, 200}));
    }

    void the_seed_chooses_the_same_of_all() {
        SampleRequest request = both("ids.npy");
        request.count = 3;
        std::set<Names> chosen;
        for (std::uint64_t seed = 0; seed < 8; ++seed) {
            request.seed = seed;
            const auto samples = open_samples(*two_inputs(), request);
            QVERIFY(samples);
            chosen.insert(names(*samples));
            const Numbers ids = first_tokens(*samples);
            QCOMPARE(ids.size(), std::size_t{3});
            for (std::size_t i = 0; i < ids.size(); ++i)
                QCOMPARE(ids[i], 100 * (names(*samples)[i][0] - 'a'));
        }
        QVERIFY(chosen.size() > 1);
    }

    void an_input_without_data_is_named() {
        SampleRequest request;
        request.images.path = place("images");
        const auto samples = open_samples(*two_inputs(), request);
        QVERIFY(!samples);
        QCOMPARE(samples.error().code, ErrorCode::model_no_quantizable_input);
        QCOMPARE(samples.error().subject, std::string("token_ids"));
        QVERIFY(samples.error().detail.empty());
    }

    void lists_of_other_lengths_are_refused() {
        fs::remove(place("ids") / "4.npy");
        const auto samples = open_samples(*two_inputs(), both("ids"));
        QVERIFY(!samples);
        QCOMPARE(samples.error().code, ErrorCode::images_none_left);
    }

    void what_was_recorded_holds_until_something_is_said() {
        const auto letterbox = preprocess_preset("letterbox", {1, 3, 8, 8}).value();
        SampleRequest request = both("ids");
        for (const Json& recorded : {to_json(letterbox), Json{{"image", to_json(letterbox)}}}) {
            request.preprocess.recorded = recorded;
            QVERIFY(open_samples(*two_inputs(), request)->preprocess == letterbox);
        }
        request.preprocess.overrides.color = ColorFormat::bgr;
        const auto said = open_samples(*two_inputs(), request);
        QVERIFY(said->preprocess->resize == ResizeMode::short_side);
        QVERIFY(said->preprocess->color == ColorFormat::bgr);
    }

    void first_values_are_of_inputs_without_floats() {
        const auto values = first_values(*two_inputs(), both("ids").inputs);
        QCOMPARE(values.size(), std::size_t{1});
        QCOMPARE(values.at("token_ids").as<std::int64_t>()[3], 3);
        QVERIFY(first_values(*two_inputs(), {{"token_ids", {place("nowhere")}}}).empty());
    }
};

QTEST_GUILESS_MAIN(TestOpenSamples)
#include "test_open_samples.moc"
