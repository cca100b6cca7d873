#pragma once
// A workspace with a small calibrated model open, made through a real project file.
#include <QTemporaryDir>
#include <QTest>

#include "core/model/model.h"
#include "core/prepare/prepare.h"
#include "core/project/project.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"
#include "widgets/workspace/workspace.h"

namespace quantwright::testing {

/// False (with a test failure) if something goes wrong. `samples`: a folder with what live figures are
/// measured on.
inline bool openCalibrated(Workspace& workspace, const QTemporaryDir& folder,
                           const std::shared_ptr<const Model>& made = small_cnn(),
                           const std::filesystem::path& samples = {}) {
    const std::filesystem::path path = folder.filePath(QStringLiteral("small.onnx")).toStdString();
    if (!save_model(made->proto(), path))
        return false;
    const auto model = Model::load(path);
    const auto prepared = prepare(*model);
    Project project;
    project.model = path;
    project.model_sha256 = (*model)->sha256();
    project.plan.model_sha256 = project.model_sha256;
    auto statistics =
        std::make_shared<Statistics>(*reference_statistics(**prepared, random_inputs(**model, 4)));
    statistics->model_sha256 = project.model_sha256;
    project.statistics = statistics;
    project.images.calibration = samples;
    OpenRequest request;
    request.project = folder.filePath(QStringLiteral("small.qwproj")).toStdString();
    if (!save_project(project, request.project))
        return false;
    workspace.open(request);
    return QTest::qWaitFor([&] { return workspace.isOpen(); }, 20000);
}

/// The layers that have a weight and are quantized.
inline std::vector<int> weightedLayers(const Workspace& workspace) {
    std::vector<int> layers;
    for (std::size_t i = 0; i < workspace.resolved()->layers.size(); ++i)
        if (workspace.resolved()->layers[i].weight)
            layers.push_back(static_cast<int>(i));
    return layers;
}

inline bool settle(Workspace& workspace) {
    return QTest::qWaitFor([&] { return workspace.resolved()->plan == workspace.plan(); }, 20000);
}

}  // namespace quantwright::testing
