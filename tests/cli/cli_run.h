#pragma once
// Starts quantwright-cli and keeps what it printed.
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QStringList>

struct CliRun {
    int code = -1;
    QByteArray out, err;

    /// The one JSON document on stdout; empty if there is none, or more than one.
    [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
    [[nodiscard]] QString error_code() const { return json()["error"].toObject()["code"].toString(); }
    [[nodiscard]] QByteArray all() const { return out + err; }
};

inline QProcessEnvironment cli_environment() {
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert("LC_ALL", "C.UTF-8");
    return environment;
}

inline CliRun run_cli(const QStringList& arguments, int milliseconds = 300'000) {
    QProcess process;
    process.setProcessEnvironment(cli_environment());
    process.start(QStringLiteral(QUANTWRIGHT_CLI), arguments);
    CliRun result;
    if (process.waitForFinished(milliseconds) && process.exitStatus() == QProcess::NormalExit)
        result.code = process.exitCode();
    result.out = process.readAllStandardOutput();
    result.err = process.readAllStandardError();
    return result;
}

inline QString sample(const QString& name) {
    return QStringLiteral(QUANTWRIGHT_SAMPLE_DIR "/") + name;
}
inline QString sample_model() {
    return sample("fashion-dscnn.onnx");
}
/// Options that choose the sample's images, as few as a test needs.
inline QStringList sample_images(int count = 24) {
    return {"--images", sample("calibration"), "--preprocess", sample("preprocess.json"),
            "--count",  QString::number(count)};
}
