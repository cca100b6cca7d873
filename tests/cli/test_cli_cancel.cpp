// Ctrl+C: promptly, exit code 130, nothing half-written, in every long stage.
#include <signal.h>

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/cli/cli_run.h"

class TestCliCancel : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    [[nodiscard]] QString place(const QString& name) const { return m_folder.filePath(name); }
    [[nodiscard]] QStringList files() const {
        return QDir(m_folder.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
    }

    /// The sample's images again and again, so that a stage takes minutes.
    QString endless_list() {
        QFile list(place("many.txt"));
        if (!list.open(QIODevice::WriteOnly))
            return {};
        const auto images = QDir(sample("calibration")).entryInfoList({"*.png"}, QDir::Files, QDir::Name);
        for (int i = 0; i < 2000; ++i)
            for (const QFileInfo& image : images)
                list.write(image.absoluteFilePath().toUtf8() + '\n');
        return list.fileName();
    }

private slots:
    void leaves_nothing_data() {
        QTest::addColumn<int>("signal");
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("stage");
        const QString many = endless_list(), few = sample("calibration"),
                      preprocess = sample("preprocess.json");
        const QStringList quantize = {"quantize",     sample_model(),  "--out",       place("x.onnx"),
                                      "--report",     place("report"), "--save-plan", place("x.qwplan"),
                                      "--preprocess", preprocess,      "--json"};
        QTest::newRow("calibrate, SIGINT")
            << SIGINT << (quantize + QStringList{"--images", many}) << "Calibrating";
        QTest::newRow("calibrate, SIGTERM")
            << SIGTERM
            << QStringList{"calibrate",    sample_model(), "--out", place("x.qwstats"), "--images", many,
                           "--preprocess", preprocess,     "--json"}
            << "Calibrating";
        QTest::newRow("evaluate in quantize")
            << SIGINT << (quantize + QStringList{"--images", few, "--count", "4", "--eval-images", many})
            << "Evaluating";
        QTest::newRow("evaluate") << SIGINT << QStringList{"evaluate",     sample_model(), "--images", many,
                                                           "--preprocess", preprocess,     "--json"}
                                  << "Evaluating";
    }
    void leaves_nothing() {
        QFETCH(int, signal);
        QFETCH(QStringList, arguments);
        QFETCH(QString, stage);
        const QStringList before = files();
        QProcess process;
        process.setProcessEnvironment(cli_environment());
        process.start(QUANTWRIGHT_CLI, arguments);
        QByteArray messages;
        // Progress is told in lines every two seconds: the first one of the stage shows that it is at work.
        QElapsedTimer clock;
        clock.start();
        while (!messages.contains(stage.toUtf8() + "  ") || !messages.contains("left")) {
            QVERIFY2(clock.elapsed() < 300'000 && process.state() != QProcess::NotRunning,
                     messages.constData());
            process.waitForReadyRead(200);
            messages += process.readAllStandardError();
        }
        QCOMPARE(::kill(static_cast<pid_t>(process.processId()), signal), 0);
        clock.restart();
        QVERIFY(process.waitForFinished(60000));
        QVERIFY2(clock.elapsed() < 30'000, qPrintable(QString::number(clock.elapsed())));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 130);
        const auto error =
            QJsonDocument::fromJson(process.readAllStandardOutput()).object()["error"].toObject();
        QCOMPARE(error["code"].toString(), QString("cancelled"));
        QCOMPARE(files(), before);
    }
};

QTEST_GUILESS_MAIN(TestCliCancel)
#include "test_cli_cancel.moc"
