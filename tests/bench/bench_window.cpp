// bench_window [LAYERS]: the longest handlers of the window's thread in a large graph: opening, typing in the
// search, selecting all, an edit of all, undo. Run it under Xvfb or with QT_QPA_PLATFORM=offscreen.
#include <QAction>
#include <QApplication>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>

#include "core/plan/edit.h"
#include "tests/support/patience.h"
#include "tests/support/small_models.h"
#include "widgets/window/main_window.h"

using namespace quantwright;
using quantwright::testing::eventually;

namespace {

/// Remembers the longest event.
class Timed : public QApplication {
public:
    using QApplication::QApplication;
    bool notify(QObject* receiver, QEvent* event) override {
        const bool outer = m_depth++ == 0;
        QElapsedTimer timer;
        timer.start();
        const bool result = QApplication::notify(receiver, event);
        --m_depth;
        if (outer && timer.elapsed() > longest) {
            longest = timer.elapsed();
            what = QString("%1, event %2").arg(receiver->metaObject()->className()).arg(int(event->type()));
        }
        return result;
    }
    qint64 longest = 0;
    QString what;

private:
    int m_depth = 0;
};

std::shared_ptr<const Model> chain_of(int layers) {
    testing::ModelBuilder b;
    b.input("x", {1, 8, 8, 8}).output("y");
    std::string last = "x";
    for (int i = 0; i < layers; ++i) {
        const std::string name = "/block" + std::to_string(i / 10) + "/conv" + std::to_string(i),
                          out = i + 1 == layers ? "y" : name + "_output_0";
        b.conv(name, last, out, 8, 8, 1);
        last = out;
    }
    return b.build();
}

}  // namespace

int main(int argc, char** argv) {
    Timed app(argc, argv);
    const int layers = argc > 1 ? std::atoi(argv[1]) : 8000;
    QTemporaryDir folder;
    const std::string path = folder.filePath("large.onnx").toStdString();
    if (!save_model(chain_of(layers)->proto(), path))
        return 1;
    MainWindow window;
    window.resize(1600, 1000);
    window.show();
    Workspace& workspace = *window.workspace();
    const auto report = [&](const char* name, const auto& work) {
        app.longest = 0;
        QElapsedTimer timer;
        timer.start();
        work();
        const qint64 direct = timer.elapsed();
        QTest::qWait(1500);
        std::printf("%-34s %5lld ms; longest event behind it %5lld ms (%s)\n", name,
                    static_cast<long long>(direct), static_cast<long long>(app.longest),
                    qPrintable(app.what));
        std::fflush(stdout);
    };
    report("opening", [&] {
        OpenRequest request;
        request.model = path;
        workspace.open(request);
        if (!eventually([&] { return workspace.isOpen() && workspace.resolved(); }))
            std::exit(1);
    });
    auto* search = window.findChild<QLineEdit*>("search");
    for (const char key : {'c', 'o', 'n', 'v', '7'})
        report((std::string("search: ") + key).c_str(), [&] { QTest::keyClick(search, key); });
    report("search: cleared", [&] { search->clear(); });
    std::vector<int> all;
    for (int i = 0; i < layers; ++i)
        all.push_back(i);
    report("select all", [&] { workspace.selection()->set(all); });
    std::vector<std::string> names;
    for (const Layer& layer : workspace.prepared()->layers)
        names.push_back(layer.name);
    report("edit of all", [&] { workspace.edit(set_layers(names, Field::weight_granularity, "tensor")); });
    report("undo", [&] { workspace.undoStack()->undo(); });
    report("redo", [&] { workspace.undoStack()->redo(); });
    report("select one", [&] { workspace.selection()->set({layers / 2}); });
    return 0;
}
