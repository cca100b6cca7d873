// The document: edits with undo and redo, what goes stale, what a failure leaves alone.
#include <onnx/onnx_pb.h>
#include <QImage>
#include <QSignalSpy>
#include <QTest>
#include <random>
#include <set>

#include "open_document.h"
#include "tests/support/pretended_checker.h"
#include "tests/support/sample_files.h"

using namespace quantwright;

class WorkspaceTest : public QObject {
    Q_OBJECT

private slots:
    void init();
    void cleanup() { testing::real_checker(); }
    void undoAndRedoOverManyLayers();
    void oneGestureIsOneStep();
    void editsThatChangeNothingLeaveNoTrace();
    void invalidValuesAreRefused();
    void quickEditsEndResolved();
    void failedOpenLeavesTheDocument();
    void savedThenClean();
    void selectionIsOne();
    void modesWithoutImagesNeedNoCalibration();
    void aPresetIsOneStep();
    void exportsInEveryForm();
    void aLayerThatDoesNotRunIsFloatInThePlan();
    void anExportThatDoesNotRunIsNone();
    void opensAnXslimFile();
    void xslimFilesThatCannotBeOpened();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Workspace> m_workspace;
};

void WorkspaceTest::init() {
    m_folder = std::make_unique<QTemporaryDir>();
    m_workspace = std::make_unique<Workspace>();
    QVERIFY(testing::openCalibrated(*m_workspace, *m_folder));
    QVERIFY(m_workspace->resolved()->quantized_layers() > 2);
}

void WorkspaceTest::undoAndRedoOverManyLayers() {
    std::mt19937 random(3);
    std::vector<std::string> names;
    for (const Layer& layer : m_workspace->prepared()->layers)
        names.push_back(layer.name);
    const std::vector<std::pair<Field, std::vector<std::string>>> choices{
        {Field::mode, {"float", "static"}},
        {Field::threshold_method, {"mse", "kl", "percentile", "minmax"}},
        {Field::activation_symmetric, {"true", "false"}},
        {Field::weight_granularity, {"tensor", "channel"}}};
    std::vector<Plan> history{m_workspace->plan()};
    while (history.size() < 40) {
        std::vector<std::string> some;
        for (const std::string& name : names)
            if (random() % 2)
                some.push_back(name);
        const auto& [field, values] = choices[random() % choices.size()];
        std::optional<std::string> value;
        if (random() % 4)
            value = values[random() % values.size()];
        m_workspace->edit(set_layers(some, field, value));
        if (!(m_workspace->plan() == history.back()))
            history.push_back(m_workspace->plan());
    }
    QUndoStack& stack = *m_workspace->undoStack();
    QCOMPARE(stack.count(), static_cast<int>(history.size()) - 1);
    for (std::size_t i = history.size() - 1; i-- > 0;) {
        stack.undo();
        QVERIFY(m_workspace->plan() == history[i]);
    }
    QVERIFY(!stack.canUndo());
    for (std::size_t i = 1; i < history.size(); ++i) {
        stack.redo();
        QVERIFY(m_workspace->plan() == history[i]);
    }
    QVERIFY(testing::settle(*m_workspace));
}

void WorkspaceTest::oneGestureIsOneStep() {
    std::vector<std::string> names;
    for (const Layer& layer : m_workspace->prepared()->layers)
        names.push_back(layer.name);
    QSignalSpy changed(m_workspace.get(), &Workspace::planChanged);
    m_workspace->edit(set_layers(names, Field::threshold_method, "mse"));
    QCOMPARE(m_workspace->undoStack()->count(), 1);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(m_workspace->plan().layers.size(), names.size());
    QVERIFY(m_workspace->modified());
    m_workspace->undoStack()->undo();
    QVERIFY(m_workspace->plan().layers.empty());
}

void WorkspaceTest::editsThatChangeNothingLeaveNoTrace() {
    m_workspace->edit(set_layers({m_workspace->prepared()->layers[0].name}, Field::mode, std::nullopt));
    QCOMPARE(m_workspace->undoStack()->count(), 0);
    QVERIFY(!m_workspace->modified());
}

void WorkspaceTest::invalidValuesAreRefused() {
    QSignalSpy failed(m_workspace.get(), &Workspace::failed);
    const Plan before = m_workspace->plan();
    m_workspace->edit(
        set_layers({m_workspace->prepared()->layers[0].name}, Field::threshold_method, "guess"));
    QCOMPARE(failed.count(), 1);
    QCOMPARE(failed.first().first().value<Error>().code, ErrorCode::plan_invalid);
    QVERIFY(m_workspace->plan() == before);
    QCOMPARE(m_workspace->undoStack()->count(), 0);
}

void WorkspaceTest::quickEditsEndResolved() {
    const std::string layer = m_workspace->prepared()->layers[0].name;
    for (int i = 0; i < 30; ++i)
        m_workspace->edit(set_layers({layer}, Field::threshold_method, i % 2 ? "mse" : "percentile"));
    m_workspace->edit(set_layers({layer}, Field::mode, "float"));
    QVERIFY(testing::settle(*m_workspace));
    QCOMPARE(m_workspace->resolved()->layers[0].kept_float, KeptFloat::chosen);
}

void WorkspaceTest::failedOpenLeavesTheDocument() {
    QFile bad(m_folder->filePath(QStringLiteral("bad.onnx")));
    QVERIFY(bad.open(QIODevice::WriteOnly));
    bad.write("nothing of a model");
    bad.close();
    m_workspace->edit(set_layers({m_workspace->prepared()->layers[0].name}, Field::mode, "float"));
    const auto prepared = m_workspace->prepared();
    const auto statistics = m_workspace->statistics();
    const Plan plan = m_workspace->plan();
    QSignalSpy failed(m_workspace.get(), &Workspace::failed);
    OpenRequest request;
    request.model = bad.fileName().toStdString();
    m_workspace->open(request);
    QVERIFY(failed.wait(20000));
    QCOMPARE(failed.first().first().value<Error>().code, ErrorCode::model_not_onnx);
    QCOMPARE(m_workspace->prepared(), prepared);
    QCOMPARE(m_workspace->statistics(), statistics);
    QVERIFY(m_workspace->plan() == plan);
    QCOMPARE(m_workspace->undoStack()->count(), 1);
    QCOMPARE(m_workspace->state(Step::open).kind, StepState::Kind::done);
}

void WorkspaceTest::savedThenClean() {
    m_workspace->edit(set_layers({m_workspace->prepared()->layers[1].name}, Field::mode, "float"));
    QVERIFY(m_workspace->modified());
    QSignalSpy saved(m_workspace.get(), &Workspace::saved);
    const std::filesystem::path path = m_folder->filePath(QStringLiteral("again.qwproj")).toStdString();
    m_workspace->save(path);
    QVERIFY(saved.wait(20000));
    QVERIFY(!m_workspace->modified());
    Workspace other;
    OpenRequest request;
    request.project = path;
    other.open(request);
    QVERIFY(QTest::qWaitFor([&] { return other.isOpen(); }, 20000));
    QVERIFY(other.plan() == m_workspace->plan());
    QVERIFY(other.statistics() != nullptr);
    QCOMPARE(other.resolved()->layers[1].kept_float, KeptFloat::chosen);
}

void WorkspaceTest::selectionIsOne() {
    Selection& selection = *m_workspace->selection();
    QSignalSpy changed(&selection, &Selection::changed);
    selection.set({3, 1, 1}, 3);
    QCOMPARE(selection.layers(), (std::vector<int>{1, 3}));
    QCOMPARE(selection.current(), 3);
    selection.set({1, 3});  // the current one stays
    QCOMPARE(selection.current(), 3);
    selection.set({1, 2});
    QCOMPARE(selection.current(), 1);
    QCOMPARE(changed.count(), 2);
    selection.clear();
    QCOMPARE(selection.current(), -1);
}

void WorkspaceTest::modesWithoutImagesNeedNoCalibration() {
    Workspace workspace;
    OpenRequest request;
    request.model = m_folder->filePath(QStringLiteral("small.onnx")).toStdString();
    workspace.open(request);
    QVERIFY(QTest::qWaitFor([&] { return workspace.isOpen(); }, 20000));
    QVERIFY(!workspace.statistics());
    QVERIFY(!workspace.ready());
    QVERIFY(!workspace.state(Step::export_model).possible);
    std::vector<std::string> names;
    for (const Layer& layer : workspace.prepared()->layers)
        names.push_back(layer.name);
    for (const char* mode : {"dynamic", "weight-only", "fp16"}) {
        workspace.edit(set_layers(names, Field::mode, mode));
        QVERIFY(testing::settle(workspace));
        QVERIFY2(workspace.ready(), mode);
        QVERIFY(workspace.state(Step::export_model).possible);
        const std::filesystem::path out =
            m_folder->filePath(QStringLiteral("%1.q.onnx").arg(QLatin1String(mode))).toStdString();
        workspace.exportModel(out);
        QVERIFY(QTest::qWaitFor([&] { return workspace.exported() && workspace.exported()->path == out; },
                                20000));
        QVERIFY(workspace.exported()->layers_quantized > 0);
        QVERIFY(Model::load(out));
        QVERIFY2(!workspace.log().back().command.contains(QStringLiteral("--images")), mode);
    }
    workspace.undoStack()->setIndex(0);
    QVERIFY(testing::settle(workspace));
    QVERIFY(!workspace.ready());
}

void WorkspaceTest::aPresetIsOneStep() {
    const auto method = [&] { return m_workspace->resolved()->layers[0][Field::threshold_method]; };
    QCOMPARE(method().value, std::string("minmax"));
    m_workspace->edit({{{Assignment::Scope::preset, {}, Field::mode, "fbgemm"}}});
    QVERIFY(testing::settle(*m_workspace));
    QCOMPARE(method().value, std::string("histogram"));
    QCOMPARE(method().origin, Origin::preset);
    QCOMPARE(m_workspace->undoStack()->count(), 1);
    m_workspace->undoStack()->undo();
    QVERIFY(testing::settle(*m_workspace));
    QCOMPARE(method().value, std::string("minmax"));
}

void WorkspaceTest::exportsInEveryForm() {
    const auto exported = [&](const ExportRequest& request) {
        m_workspace->exportModel(request);
        return QTest::qWaitFor(
            [&] { return m_workspace->exported() && m_workspace->exported()->path == request.path; }, 20000);
    };
    const auto operators = [](const std::filesystem::path& path) {
        std::set<std::string> found;
        const auto model = Model::load(path);
        for (const auto& node : (*model)->proto().graph().node())
            found.insert(node.op_type());
        return found;
    };
    const auto path = [&](const char* name) {
        return std::filesystem::path(m_folder->filePath(QString::fromLatin1(name)).toStdString());
    };
    QVERIFY(exported(path("qdq.onnx")));
    QVERIFY(operators(path("qdq.onnx")).contains("Conv"));
    ExportRequest integer(path("qoperator.onnx"));
    integer.form = ExportRequest::Form::qoperator;
    QVERIFY(exported(integer));
    QVERIFY(operators(integer.path).contains("QLinearConv"));
    QVERIFY(m_workspace->log().back().command.contains(QStringLiteral("--format qoperator")));

    // 16-bit activations want opset 21, unless that is too new for somebody.
    std::vector<std::string> names;
    for (const Layer& layer : m_workspace->prepared()->layers)
        names.push_back(layer.name);
    m_workspace->edit(set_layers(names, Field::activation_format, "uint16"));
    QVERIFY(testing::settle(*m_workspace));
    QVERIFY(exported(path("new.onnx")));
    QCOMPARE(m_workspace->exported()->opset, 21);
    ExportRequest old(path("old.onnx"));
    old.opset_max = 17;
    QVERIFY(exported(old));
    QVERIFY(m_workspace->exported()->opset <= 17);

    // What goes beside a float model for another runtime.
    m_workspace->undoStack()->undo();
    m_workspace->edit({{{Assignment::Scope::target, {}, Field::mode, "tensorrt"}}});
    QVERIFY(testing::settle(*m_workspace));
    ExportRequest beside(path("trt.onnx"));
    beside.sidecar = true;
    QVERIFY(exported(beside));
    QCOMPARE(m_workspace->log().back().kind, LogEntry::Kind::sidecar);
    QFile cache(m_folder->filePath(QStringLiteral("trt.cache")));
    QVERIFY(cache.open(QIODevice::ReadOnly));
    QVERIFY(cache.readLine().startsWith("TRT-"));
}

void WorkspaceTest::aLayerThatDoesNotRunIsFloatInThePlan() {
    const int layer = testing::weightedLayers(*m_workspace)[1];
    const std::string name = m_workspace->prepared()->layers[static_cast<std::size_t>(layer)].name;
    testing::pretend_refusal(
        m_folder->path().toStdString(),
        m_workspace->resolved()->layers[static_cast<std::size_t>(layer)].weight->initializer + "_quantized");
    const std::filesystem::path out = m_folder->filePath(QStringLiteral("cured.onnx")).toStdString();
    m_workspace->exportModel(out);
    QVERIFY(QTest::qWaitFor([&] { return m_workspace->exported().has_value(); }, 20000));
    QCOMPARE(m_workspace->exported()->path, out);
    QCOMPARE(m_workspace->plan().layers.at(name)[Field::mode], std::optional<std::string>("float"));
    // File and plan agree: nothing is stale.
    QVERIFY(testing::settle(*m_workspace));
    QCOMPARE(m_workspace->state(Step::export_model).kind, StepState::Kind::done);
    const auto problems = m_workspace->problems();
    const auto told = std::find_if(problems.begin(), problems.end(), [](const Problem& problem) {
        return problem.code == "export.kept_float";
    });
    QVERIFY(told != problems.end());
    QCOMPARE(told->layer, name);
    QCOMPARE(told->arguments, std::vector<std::string>{"Tilt in kernel (optimizations: default)"});
    // It is a choice like any other.
    m_workspace->undoStack()->undo();
    QVERIFY(!m_workspace->plan().layers.contains(name));
}

void WorkspaceTest::anExportThatDoesNotRunIsNone() {
    testing::pretend_refusal(m_folder->path().toStdString(), "Conv");
    const QSignalSpy failed(m_workspace.get(), &Workspace::failed);
    const std::filesystem::path out = m_folder->filePath(QStringLiteral("none.onnx")).toStdString();
    m_workspace->exportModel(out);
    QVERIFY(QTest::qWaitFor([&] { return !failed.isEmpty(); }, 20000));
    QCOMPARE(failed.first().first().value<Error>().code, ErrorCode::output_does_not_run);
    QCOMPARE(failed.first().first().value<Error>().subject, out.string());
    QVERIFY(!std::filesystem::exists(out));
    QVERIFY(!m_workspace->exported());
}

namespace {

/// Beside small.onnx in the workspace's folder, with four samples in a list.
QString writeXslim(const QTemporaryDir& folder, const QByteArray& quantization,
                   const QByteArray& input = {}) {
    const auto put = [&](const char* name, const QByteArray& text) {
        QFile file(folder.filePath(QString::fromLatin1(name)));
        if (file.open(QIODevice::WriteOnly))
            file.write(text);
        return file.fileName();
    };
    QImage image(20, 20, QImage::Format_RGB888);
    QByteArray list;
    for (int i = 0; i < 4; ++i) {
        image.fill(QColor(40 * i, 255 - 50 * i, 100));
        image.save(folder.filePath(QStringLiteral("i%1.png").arg(i)));
        list += "i" + QByteArray::number(i) + ".png\n";
    }
    put("list.txt", list);
    return put(
        "small.json",
        R"({"model_parameters": {"onnx_model": "small.onnx", "working_dir": "./", "output_prefix": "k1"},
                   "calibration_parameters": {"calibration_step": 3, "calibration_device": "cpu",
                       "calibration_type": "minmax", "input_parametres": [{"input_name": "input",
                       "color_format": "rgb", "mean_value": [0, 0, 0], "std_value": [255, 255, 255],
                       "data_list_path": "./list.txt")" +
            input + R"(}]}, "quantization_parameters": {)" + quantization + "}}");
}

}  // namespace

void WorkspaceTest::opensAnXslimFile() {
    OpenRequest request;
    request.config =
        writeXslim(*m_folder,
                   R"("finetune_level": 1, "typo": 1, "truncate_var_names": ["/block/Add_output_0"])")
            .toStdString();
    Workspace workspace;
    workspace.open(request);
    QVERIFY(QTest::qWaitFor([&] { return workspace.isOpen(); }, 20000));
    const std::filesystem::path folder = m_folder->path().toStdString();
    QCOMPARE(workspace.prepared()->original->path(), folder / "small.onnx");
    QCOMPARE(workspace.plan().target, std::string("spacemit-k1"));
    QCOMPARE(workspace.plan().truncate, (std::vector<std::string>{"/block/Add_output_0"}));
    QVERIFY(!workspace.modified());
    QCOMPARE(workspace.outputPath().filename(), std::filesystem::path("k1.onnx"));
    QVERIFY(workspace.images().preprocess->color == ColorFormat::rgb);
    QCOMPARE(workspace.images().preprocess->std, (std::vector<double>{255, 255, 255}));
    std::multiset<std::string> codes;
    for (const Problem& problem : workspace.problems())
        codes.insert(problem.code);
    QCOMPARE(codes,
             (std::multiset<std::string>{"plan.truncated", "config.unknown_key", "config.unused_key"}));
    QCOMPARE(workspace.improveLevel(), ImproveLevel::fast);

    // Its images are those of the list, as many as it says.
    workspace.calibrate();
    QVERIFY(QTest::qWaitFor([&] { return workspace.statistics() && workspace.ready(); }, 20000));
    QCOMPARE(workspace.statistics()->images, 3);
    const auto gemm = [&] {
        const auto& layers = workspace.prepared()->layers;
        return workspace.resolved()->layers[layers.size() - 1];
    };
    QVERIFY(QTest::qWaitFor([&] { return workspace.resolved()->statistics != nullptr; }, 20000));
    QCOMPARE(gemm().kept_float, KeptFloat::chosen);
    QCOMPARE(gemm()[Field::mode].origin, Origin::truncation);
    // What it asks for is done as soon as it can be; three images are too few, and that is said.
    QVERIFY(QTest::qWaitFor([&] { return !workspace.improveProblems().empty(); }, 20000));
    QCOMPARE(workspace.improveProblems().front().code, std::string("improve.few_images"));
    QCOMPARE(workspace.undoStack()->count(), 0);
    QCOMPARE(workspace.state(Step::improve).kind, StepState::Kind::not_yet);

    // The truncation is a choice like others: taken back, done again, saved.
    workspace.edit(set_truncation(workspace.plan(), {}));
    QVERIFY(testing::settle(workspace));
    QVERIFY(gemm().quantized());
    workspace.undoStack()->undo();
    QVERIFY(testing::settle(workspace));
    QVERIFY(!gemm().quantized());
    QSignalSpy saved(&workspace, &Workspace::saved);
    OpenRequest project;
    project.project = folder / "of_config.qwproj";
    workspace.save(project.project);
    QVERIFY(saved.wait(20000));
    Workspace other;
    other.open(project);
    QVERIFY(QTest::qWaitFor([&] { return other.isOpen(); }, 20000));
    QVERIFY(other.plan() == workspace.plan());
    QVERIFY(other.images() == workspace.images());

    // Nothing of it stays when another document is opened.
    OpenRequest model;
    model.model = folder / "small.onnx";
    QSignalSpy changed(&workspace, &Workspace::documentChanged);
    workspace.open(model);
    QVERIFY(changed.wait(20000));
    QVERIFY(workspace.problems().empty() && workspace.outputPath().empty());
    QCOMPARE(workspace.images(), ImageSettings());
}

void WorkspaceTest::xslimFilesThatCannotBeOpened() {
    Workspace workspace;
    QSignalSpy failed(&workspace, &Workspace::failed);
    const auto error = [&](const QString& path) -> Error {
        OpenRequest request;
        request.config = path.toStdString();
        workspace.open(request);
        if (!failed.wait(20000))
            return {ErrorCode::usage, "nothing", {}};
        return failed.takeFirst().first().value<Error>();
    };
    const Error unknown = error(writeXslim(*m_folder, R"("truncate_var_names": ["/block/Add"])"));
    QCOMPARE(unknown.code, ErrorCode::plan_truncation_unknown);
    QCOMPARE(unknown.subject, std::string("/block/Add"));
    QVERIFY2(unknown.detail.find("/block/Add_output_0") != std::string::npos, unknown.detail.c_str());
    QCOMPARE(error(writeXslim(*m_folder, R"("precision_level": 7)")).code, ErrorCode::config_invalid);
    QFile other(m_folder->filePath(QStringLiteral("other.json")));
    QVERIFY(other.open(QIODevice::WriteOnly));
    other.write(R"({"resize": {"mode": "stretch"}})");
    other.close();
    QCOMPARE(error(other.fileName()).code, ErrorCode::config_invalid);
    QVERIFY(!workspace.isOpen());

    // Python code is named, and what else the file says is there.
    OpenRequest request;
    request.config = writeXslim(*m_folder, {}, R"(, "preprocess_file": "pre.py:load")").toStdString();
    workspace.open(request);
    QVERIFY(QTest::qWaitFor([&] { return workspace.isOpen(); }, 20000));
    QVERIFY(workspace.images().calibration.empty());
    const std::vector<Problem> problems = workspace.problems();
    QVERIFY(std::any_of(problems.begin(), problems.end(),
                        [](const Problem& one) { return one.code == "config.script"; }));
}

QTEST_MAIN(WorkspaceTest)
#include "test_workspace.moc"
