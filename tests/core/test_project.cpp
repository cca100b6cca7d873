// Project files: everything comes back, paths move along, wrong files are refused.
#include <QTemporaryDir>
#include <QtTest>

#include <functional>

#include "core/base/atomic_file.h"
#include "core/project/base64.h"
#include "core/project/project.h"
#include "core/project/project_paths.h"

using namespace quantwright;
namespace fs = std::filesystem;

class TestProject : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path folder() const { return m_folder.path().toStdString(); }

    Project example() const {
        Project project;
        project.model = folder() / "models" / "net.onnx";
        project.model_sha256 = "abc123";
        project.input_shapes = {{"input", {1, 3, 224, 224}}, {"ids", {1, 8}}};
        project.images.calibration = folder() / "images" / "calibration";
        project.images.evaluation = "/somewhere/else/altogether/evaluation";
        project.images.at_most = 20;
        project.images.inputs["ids"].calibration = {folder() / "ids", ReadAs::raw, ElementType::int64};
        project.images.inputs["mask"] = {{folder() / "masks.npy"}, folder() / "others.npy"};
        Preprocess preprocess;
        preprocess.resize = ResizeMode::short_side;
        preprocess.size = {256, 256};
        preprocess.crop = Size{224, 224};
        preprocess.mean = {0.1, 0.2, 0.3};
        preprocess.std = {0.4, 0.5, 0.6};
        project.images.preprocess = preprocess;
        project.images.task.kind = TaskKind::detection;
        project.images.task.options = {{"decoder", "yolox"}, {"score", 0.5}, {"strides", {8, 16, 32}}};
        project.plan.model_sha256 = "abc123";
        project.plan.target = "spacemit-k1";
        project.plan.layers["/conv/Conv"].set(Field::mode, "float");
        project.plan.tensors["t"].set(Field::clip, "-1.5,2.5");
        auto statistics = std::make_shared<Statistics>();
        statistics->model_sha256 = "abc123";
        statistics->images = 2;
        statistics->preprocess = to_json(preprocess);
        TensorStatistics tensor;
        tensor.name = "t";
        tensor.range = {-1.1f, 3.3f};
        tensor.mean = 1.0 / 3;
        tensor.count = 4;
        tensor.histogram.add(std::vector<float>{-1.1f, 0.1f, 0.2f, 3.3f});
        tensor.worst_images = {{"a.png", 3.3f}};
        statistics->tensors.push_back(tensor);
        project.statistics = statistics;
        project.analysis = {{"abc123", project.plan, "", project.images, "of the improved ones"},
                            Json::object()};
        project.improve = "fast";
        project.improved = {{"abc123", project.plan, "", project.images}, Json{{"level", "fast"}}};
        return project;
    }

private slots:
    void base64_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("text");
        // RFC 4648, section 10.
        for (const auto& [bytes, text] : {std::pair("", ""),
                                          {"f", "Zg=="},
                                          {"fo", "Zm8="},
                                          {"foo", "Zm9v"},
                                          {"foob", "Zm9vYg=="},
                                          {"fooba", "Zm9vYmE="},
                                          {"foobar", "Zm9vYmFy"}})
            QTest::addRow("\"%s\"", bytes) << QByteArray(bytes) << QByteArray(text);
        QByteArray all;
        for (int i = 0; i < 256; ++i)
            all.append(static_cast<char>(i));
        QTest::newRow("all bytes") << all << all.toBase64();
    }
    void base64() {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, text);
        QCOMPARE(base64_encode(bytes.toStdString()), text.toStdString());
        QCOMPARE(base64_decode(text.toStdString()).value(), bytes.toStdString());
    }

    void wrong_base64() {
        for (const char* text : {"Z", "Zg=", "Zg", "Z===", "====", "Zm=v", "Zh==", "Zm9=", "Zm 9", "Zm9\n"})
            QVERIFY2(!base64_decode(text), text);
    }

    void paths_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("saved");
        QTest::newRow("beside") << "/home/u/work/p/net.onnx"
                                << "net.onnx";
        QTest::newRow("below") << "/home/u/work/p/models/net.onnx"
                               << "models/net.onnx";
        QTest::newRow("folder itself") << "/home/u/work/p"
                                       << ".";
        QTest::newRow("shares a parent") << "/home/u/work/models/net.onnx"
                                         << "../models/net.onnx";
        QTest::newRow("three up") << "/home/x/net.onnx"
                                  << "../../../x/net.onnx";
        QTest::newRow("nothing shared") << "/data/net.onnx"
                                        << "/data/net.onnx";
        QTest::newRow("dots") << "/home/u/work/p/a/../net.onnx"
                              << "net.onnx";
        QTest::newRow("empty") << ""
                               << "";
    }
    void paths() {
        QFETCH(QString, path);
        QFETCH(QString, saved);
        const fs::path project = "/home/u/work/p";
        QCOMPARE(path_to_save(path.toStdString(), project), saved.toStdString());
        const auto expected =
            path.isEmpty() ? std::string() : fs::path(path.toStdString()).lexically_normal().string();
        QCOMPARE(path_from_saved(saved.toStdString(), project).string(),
                 expected + (saved == "." ? "/" : ""));
    }

    void only_three_folders_up() {
        QCOMPARE(path_to_save("/a/x", "/a/b/c/d"), std::string("../../../x"));
        QCOMPARE(path_to_save("/a/x", "/a/b/c/d/e"), std::string("/a/x"));
    }

    void survives_a_file() {
        const Project project = example();
        const fs::path path = folder() / "p.qwproj";
        const auto saved = save_project(project, path);
        QVERIFY2(saved, saved ? "" : saved.error().detail.c_str());
        const auto loaded = load_project(path);
        QVERIFY2(loaded, loaded ? "" : loaded.error().detail.c_str());
        QCOMPARE(loaded->model.string(), project.model.string());
        QCOMPARE(loaded->model_sha256, project.model_sha256);
        QVERIFY(loaded->input_shapes == project.input_shapes);
        QCOMPARE(loaded->images.calibration.string(), project.images.calibration.string());
        QCOMPARE(loaded->images.evaluation.string(), project.images.evaluation.string());
        QVERIFY(loaded->images.labels.empty());
        QCOMPARE(loaded->images.at_most, 20);
        QVERIFY(loaded->images.inputs == project.images.inputs);
        QVERIFY(loaded->images.preprocess == project.images.preprocess);
        QVERIFY(loaded->plan == project.plan);
        QCOMPARE(serialize(*loaded->statistics), serialize(*project.statistics));
        QCOMPARE(loaded->statistics->tensors[0].mean, 1.0 / 3);
        // Saved again it is the same file.
        const auto first = read_file(path, ErrorCode::project_invalid);
        QVERIFY(save_project(*loaded, path));
        QCOMPARE(*read_file(path, ErrorCode::project_invalid), *first);
        QVERIFY(QString::fromStdString(*first).contains("\"models/net.onnx\""));
    }

    /// Results with what they were made from, also where that is not what the document says any more.
    void results_survive() {
        Project project = example();
        MadeFrom current{project.model_sha256, project.plan, statistics_sha256(*project.statistics),
                         project.images, "of what was improved"};
        project.analysis = {current, Json{{"layers", 3}}};
        MadeFrom older = current;
        older.plan.layers.clear();
        older.statistics_sha256 = "";
        older.images.evaluation.clear();
        older.images.preprocess.reset();
        older.images.at_most = -1;
        project.comparison = {older, Json{{"snr_db", 31.25}}};
        project.deployments = {{current, Json{{"board", "a"}}}, {older, Json{{"board", "b"}}}};
        const fs::path path = folder() / "results.qwproj";
        QVERIFY(save_project(project, path));
        const auto loaded = load_project(path);
        QVERIFY2(loaded, loaded ? "" : loaded.error().detail.c_str());
        QVERIFY(loaded->analysis && loaded->comparison && loaded->improved);
        QCOMPARE(loaded->improve, std::string("fast"));
        QVERIFY(loaded->improved->made_from == project.improved->made_from);
        QCOMPARE(loaded->improved->figures.dump(), project.improved->figures.dump());
        QVERIFY(loaded->analysis->made_from == current);
        QVERIFY(loaded->comparison->made_from == older);
        QCOMPARE(loaded->comparison->figures.dump(), project.comparison->figures.dump());
        QCOMPARE(loaded->deployments.size(), std::size_t(2));
        QVERIFY(loaded->deployments[0].made_from == current && loaded->deployments[1].made_from == older);
        QCOMPARE(loaded->deployments[1].figures.dump(), project.deployments[1].figures.dump());
        // The statistics are the ones that the results name.
        QCOMPARE(statistics_sha256(*loaded->statistics), current.statistics_sha256);
        auto changed = *loaded->statistics;
        changed.tensors[0].range.max = 4;
        QVERIFY(statistics_sha256(changed) != current.statistics_sha256);
    }

    /// The schema that people read has the keys that are written, and what it requires is missed.
    void the_schema_of_the_documentation() {
        const auto page =
            read_file(fs::path(QUANTWRIGHT_SAMPLE_DIR) / "../../docs/formats.md", ErrorCode::project_invalid);
        QVERIFY(page);
        const auto title = page->find("\"title\": \"Quantwright project\"");
        QVERIFY(title != std::string::npos);
        const auto begin = page->rfind("```json\n", title) + 8, end = page->find("```", title);
        const auto schema =
            parse_json(page->substr(begin, end - begin), ErrorCode::project_invalid, "formats.md");
        QVERIFY2(schema, schema ? "" : schema.error().detail.c_str());
        Project project = example();
        project.comparison = project.analysis;
        project.deployments = {*project.analysis};
        const fs::path path = folder() / "schema.qwproj";
        QVERIFY(save_project(project, path));
        const Json written = *parse_json(*read_file(path, ErrorCode::project_invalid),
                                         ErrorCode::project_invalid, "schema.qwproj");
        // Walks down both together.
        const std::function<void(const Json&, Json::json_pointer)> check = [&](const Json& part,
                                                                               const Json::json_pointer& at) {
            if (part.contains("$ref"))
                return check(schema->at(Json::json_pointer(part["$ref"].get<std::string>().substr(1))), at);
            const Json& value = written.at(at);
            if (part.contains("items"))
                for (std::size_t i = 0; i < value.size(); ++i)
                    check(part["items"], at / i);
            if (!part.contains("properties"))
                return;
            for (const auto& [key, field] : value.items())
                QVERIFY2(part["properties"].contains(key), key.c_str());
            for (const auto& [key, inner] : part["properties"].items()) {
                QVERIFY2(value.contains(key), key.c_str());
                check(inner, at / key);
            }
            for (const Json& key : part.value("required", Json::array())) {
                Json without = written;
                without.at(at).erase(key.get<std::string>());
                QVERIFY(write_file(path, to_text(without)));
                QVERIFY2(!load_project(path),
                         qPrintable(QString::fromStdString(at.to_string() + "/" + key.get<std::string>())));
            }
        };
        check(*schema, Json::json_pointer());
    }

    void a_new_project_survives_too() {
        Project project;
        project.model = folder() / "net.onnx";
        const fs::path path = folder() / "new.qwproj";
        QVERIFY(save_project(project, path));
        const auto loaded = load_project(path);
        QVERIFY2(loaded, loaded ? "" : loaded.error().detail.c_str());
        QVERIFY(!loaded->images.preprocess && !loaded->statistics);
        QVERIFY(loaded->images.calibration.empty());
        QVERIFY(loaded->plan == project.plan);
    }

    void moves_with_its_files() {
        fs::create_directories(folder() / "one");
        Project project = example();
        project.model = folder() / "one" / "net.onnx";
        QVERIFY(save_project(project, folder() / "one" / "p.qwproj"));
        fs::rename(folder() / "one", folder() / "two");
        const auto loaded = load_project(folder() / "two" / "p.qwproj");
        QVERIFY(loaded);
        QCOMPARE(loaded->model.string(), (folder() / "two" / "net.onnx").string());
    }

    void wrong_files_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("detail");
        QTest::newRow("not json") << "{"
                                  << ""
                                  << "parse";
        QTest::newRow("unknown key") << "\"images\""
                                     << "\"colour\": 1, \"images\""
                                     << "colour";
        QTest::newRow("unknown key inside") << "\"sha256\""
                                            << "\"colour\": 1, \"sha256\""
                                            << "colour";
        QTest::newRow("version") << "\"quantwright_project\": 1"
                                 << "\"quantwright_project\": 2"
                                 << "version";
        QTest::newRow("missing") << "\"calibration\""
                                 << "\"evaluation\""
                                 << "calibration";
        QTest::newRow("wrong kind") << "\"abc123\""
                                    << "17"
                                    << "string";
        QTest::newRow("plan") << "\"quantwright_plan\": 1"
                              << "\"quantwright_plan\": 1, \"colour\": 2"
                              << "plan.invalid";
        QTest::newRow("preprocess") << "\"crop\""
                                    << "\"crap\""
                                    << "preprocess.invalid";
        QTest::newRow("result") << "\"made_from\": {"
                                << "\"made_from\": { \"colour\": 1,"
                                << "colour";
        QTest::newRow("result's plan") << "\"quantwright_plan\": 1,\n        \"model_sha256\""
                                       << "\"quantwright_plan\": 2, \"model_sha256\""
                                       << "plan.invalid";
        QTest::newRow("statistics") << "\"statistics\": \""
                                    << "\"statistics\": \"AAAA"
                                    << "stats.invalid";
        QTest::newRow("base64") << "\"statistics\": \""
                                << "\"statistics\": \"!"
                                << "base64";
    }
    void wrong_files() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, detail);
        const fs::path path = folder() / "wrong.qwproj";
        QVERIFY(save_project(example(), path));
        QString text = QString::fromStdString(*read_file(path, ErrorCode::project_invalid));
        const auto at = text.indexOf(from);
        QVERIFY(at >= 0);
        text.replace(at, from.size(), to);
        QVERIFY(write_file(path, text.toStdString()));
        const auto loaded = load_project(path);
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().code, ErrorCode::project_invalid);
        QCOMPARE(loaded.error().subject, path.string());
        QVERIFY2(QString::fromStdString(loaded.error().detail).contains(detail),
                 loaded.error().detail.c_str());
    }

    void missing_and_unwritable() {
        const auto missing = load_project(folder() / "none.qwproj");
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, ErrorCode::project_invalid);
        const auto unwritable = save_project(example(), folder() / "no" / "such" / "p.qwproj");
        QVERIFY(!unwritable);
        QCOMPARE(unwritable.error().code, ErrorCode::output_unwritable);
    }
};

QTEST_GUILESS_MAIN(TestProject)
#include "test_project.moc"
