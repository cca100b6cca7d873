<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Cli</name>
    <message>
        <source>Is a board ready? What is missing, and what mends it</source>
        <translation>检查开发板是否就绪、缺少什么以及如何补齐</translation>
    </message>
    <message>
        <source>Check a board, deploy to it over SSH</source>
        <translation>检查开发板，通过 SSH 部署</translation>
    </message>
    <message>
        <source>Measure a model on a board: latency, accuracy, nodes</source>
        <translation>在开发板上测量模型：延迟、准确率、节点耗时</translation>
    </message>
    <message>
        <source>The board; also an alias of ~/.ssh/config, or its name in the window</source>
        <translation>开发板；也可以是 ~/.ssh/config 中的别名，或它在窗口列表中的名称</translation>
    </message>
    <message>
        <source>Private key (default: the agent&apos;s and those in the usual places)</source>
        <translation>私钥（默认使用 SSH 代理中的和常用位置的私钥）</translation>
    </message>
    <message>
        <source>What the keychain has for %1 is not right.</source>
        <translation>钥匙串中为 %1 保存的内容不正确。</translation>
    </message>
    <message>
        <source>Passwords and passphrases come from QUANTWRIGHT_PASSWORD and QUANTWRIGHT_PASSPHRASE, else from the system&apos;s keychain, else they are asked for on the terminal.</source>
        <translation>密码和密钥口令来自 QUANTWRIGHT_PASSWORD 和 QUANTWRIGHT_PASSPHRASE，其次是系统钥匙串，最后在终端询问。</translation>
    </message>
    <message>
        <source>Trust a host key that is not known yet</source>
        <translation>信任尚未知晓的主机密钥</translation>
    </message>
    <message>
        <source>File of known host keys (default: ~/.ssh/known_hosts)</source>
        <translation>已知主机密钥文件（默认 ~/.ssh/known_hosts）</translation>
    </message>
    <message>
        <source>The host key of %1 (%2) is %3.</source>
        <translation>%1 的主机密钥（%2）为 %3。</translation>
    </message>
    <message>
        <source>It is not known yet. Go on, and remember it? (yes/no) </source>
        <translation>该密钥尚未知晓。是否继续并记住它？(yes/no) </translation>
    </message>
    <message>
        <source>Passphrase of %1: </source>
        <translation>%1 的口令：</translation>
    </message>
    <message>
        <source>Password of %1: </source>
        <translation>%1 的密码：</translation>
    </message>
    <message>
        <source>The board asks: %1 </source>
        <translation>开发板询问：%1 </translation>
    </message>
    <message>
        <source>ONNX Runtime&apos;s library on the board</source>
        <translation>开发板上的 ONNX Runtime 库</translation>
    </message>
    <message>
        <source>A second model, timed in turns with the first</source>
        <translation>与第一个模型交替计时的第二个模型</translation>
    </message>
    <message>
        <source>Timed runs (default: until the median is certain)</source>
        <translation>计时运行次数（默认直到中位数足够准确）</translation>
    </message>
    <message>
        <source>Runs before those (default: 2)</source>
        <translation>计时前的预热次数（默认 2）</translation>
    </message>
    <message>
        <source>Threads on the board</source>
        <translation>开发板上的线程数</translation>
    </message>
    <message>
        <source>Time every node, too</source>
        <translation>同时测量每个节点的耗时</translation>
    </message>
    <message>
        <source>Compare the tensors of every layer with the host&apos;s on N images</source>
        <translation>用 N 张图像将每层的张量与主机比较</translation>
    </message>
    <message>
        <source>Of the board&apos;s ONNX Runtime: default, or off</source>
        <translation>开发板上 ONNX Runtime 的优化：default 或 off</translation>
    </message>
    <message>
        <source>Without SpacemiT&apos;s execution provider: on the processor alone</source>
        <translation>不使用 SpacemiT 执行提供程序：只用处理器</translation>
    </message>
    <message>
        <source>the images to compare with are missing</source>
        <translation>缺少用于比较的图像</translation>
    </message>
    <message>
        <source>%1 (host, exact arithmetic: %2)</source>
        <translation>%1（主机精确运算：%2）</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>节点</translation>
    </message>
    <message>
        <source>Provider</source>
        <translation>执行提供程序</translation>
    </message>
    <message>
        <source>&gt;Time</source>
        <translation>&gt;耗时</translation>
    </message>
    <message>
        <source>&gt;Share</source>
        <translation>&gt;占比</translation>
    </message>
    <message>
        <source>&gt;Steps</source>
        <translation>&gt;步数</translation>
    </message>
    <message>
        <source>&gt;Against host</source>
        <translation>&gt;相对主机</translation>
    </message>
    <message>
        <source>&gt;Against float</source>
        <translation>&gt;相对浮点</translation>
    </message>
    <message>
        <source>differs</source>
        <translation>不一致</translation>
    </message>
    <message>
        <source>fine</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>MISSING</source>
        <translation>缺少</translation>
    </message>
    <message>
        <source>advice</source>
        <translation>建议</translation>
    </message>
    <message>
        <source>On the board: %1</source>
        <translation>在开发板上运行：%1</translation>
    </message>
    <message>
        <source>Board</source>
        <translation>开发板</translation>
    </message>
    <message>
        <source>ONNX Runtime</source>
        <translation>ONNX Runtime</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>已发送</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>%1 timed; the first took %2</source>
        <translation>计时 %1 次；首次耗时 %2</translation>
    </message>
    <message>
        <source>The other</source>
        <translation>另一个</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>会话</translation>
    </message>
    <message>
        <source>Peak memory</source>
        <translation>内存峰值</translation>
    </message>
    <message>
        <source>Layer by layer on the same inputs, the board&apos;s optimizations off, in quantization steps:</source>
        <translation>逐层比较（输入相同、关闭开发板优化），以量化步长计：</translation>
    </message>
    <message>
        <source>The times can&apos;t be relied on:</source>
        <translation>以下原因使耗时不可信：</translation>
    </message>
    <message numerus="yes">
        <source>%1, %n core(s)</source>
        <translation>
            <numerusform>%1，%n 核</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more node(s); --json lists all</source>
        <translation>
            <numerusform>另有 %n 个节点；--json 列出全部</numerusform>
        </translation>
    </message>
    <message>
        <source>a version such as 8.6.1 is wanted</source>
        <translation>需要形如 8.6.1 的版本号</translation>
    </message>
    <message>
        <source>it belongs to --target tensorrt</source>
        <translation>它用于 --target tensorrt</translation>
    </message>
    <message>
        <source>it belongs to --target ncnn</source>
        <translation>它用于 --target ncnn</translation>
    </message>
    <message>
        <source>it belongs to --target tensorrt with --format cache</source>
        <translation>它用于 --target tensorrt 加 --format cache</translation>
    </message>
    <message>
        <source>the file beside it would have the same name</source>
        <translation>其附属文件会与它同名</translation>
    </message>
    <message>
        <source>Converted ncnn network whose layer names the table takes</source>
        <translation>转换后的 ncnn 网络，表中采用其层名</translation>
    </message>
    <message>
        <source>Version in the first line of the calibration cache (default: 8.6.1)</source>
        <translation>校准缓存首行中的版本（默认 8.6.1）</translation>
    </message>
    <message>
        <source>Float model</source>
        <translation>浮点模型</translation>
    </message>
    <message>
        <source>Goes with it</source>
        <translation>附属文件</translation>
    </message>
    <message>
        <source>qdq: QuantizeLinear and DequantizeLinear pairs; qoperator: integer operators; tensorrt also cache: the float model and OUT.cache; ncnn: table, the float model and OUT.table (default there)</source>
        <translation>qdq：QuantizeLinear 与 DequantizeLinear 成对；qoperator：整数算子；tensorrt 另有 cache：浮点模型与 OUT.cache；ncnn：table，浮点模型与 OUT.table（该目标的默认值）</translation>
    </message>
    <message>
        <source>the images to analyze on are missing</source>
        <translation>缺少用于分析的图像</translation>
    </message>
    <message>
        <source>Find the layers that quantization hurts most</source>
        <translation>找出受量化影响最大的层</translation>
    </message>
    <message>
        <source>The ONNX model</source>
        <translation>ONNX 模型</translation>
    </message>
    <message>
        <source>Statistics made by calibrate, instead of calibrating</source>
        <translation>使用 calibrate 生成的统计文件，不再校准</translation>
    </message>
    <message>
        <source>i/n is wanted, with i from 1 to n</source>
        <translation>应为 i/n，i 从 1 到 n</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>张量</translation>
    </message>
    <message>
        <source>Min</source>
        <translation>最小值</translation>
    </message>
    <message>
        <source>Max</source>
        <translation>最大值</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>均值</translation>
    </message>
    <message>
        <source>Std</source>
        <translation>标准差</translation>
    </message>
    <message>
        <source>Range</source>
        <translation>范围</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>缩放因子</translation>
    </message>
    <message>
        <source>Zero point</source>
        <translation>零点</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) skipped</source>
        <translation>
            <numerusform>跳过 %n 个文件</numerusform>
        </translation>
    </message>
    <message>
        <source>it takes statistics files only: no model, images or --shard</source>
        <translation>只接受统计文件：不能同时给出模型、图像或 --shard</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) merged into %1</source>
        <translation>
            <numerusform>已合并 %n 张图像的统计数据到 %1</numerusform>
        </translation>
    </message>
    <message>
        <source>the model to calibrate is missing</source>
        <translation>缺少要校准的模型</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) at %1/s, peak memory %2</source>
        <translation>
            <numerusform>%n 张图像，每秒 %1 张，峰值内存 %2</numerusform>
        </translation>
    </message>
    <message>
        <source>Statistics: %1</source>
        <translation>统计文件：%1</translation>
    </message>
    <message>
        <source>Measure every activation over images</source>
        <translation>在图像上统计各层激活</translation>
    </message>
    <message>
        <source>Statistics file to write (.qwstats)</source>
        <translation>要写出的统计文件（.qwstats）</translation>
    </message>
    <message>
        <source>Only share i of n of the images, to be merged later</source>
        <translation>只处理 n 份图像中的第 i 份，之后再合并</translation>
    </message>
    <message>
        <source>Merge these statistics files instead of calibrating</source>
        <translation>合并这些统计文件，不做校准</translation>
    </message>
    <message>
        <source>ONNX Runtime&apos;s kernels lose nothing on this file.</source>
        <translation>ONNX Runtime 的内核在该文件上没有精度损失。</translation>
    </message>
    <message>
        <source>ONNX Runtime&apos;s optimized kernels lose accuracy on this file. Compare with --optimizations off.</source>
        <translation>ONNX Runtime 的优化内核在该文件上损失精度。可与 --optimizations off 的结果比较。</translation>
    </message>
    <message>
        <source>This CPU has no VNNI, and ONNX Runtime&apos;s int8 kernels saturate in 16 bits on it. Weights stored as uint8 with zero point 128 lose nothing: quantize for onnxruntime-x86 with its default weight.storage = uint8.</source>
        <translation>该 CPU 不支持 VNNI，ONNX Runtime 的 int8 内核会在 16 位累加时饱和。以 uint8（零点 128）存储的权重没有损失：请以 onnxruntime-x86 为目标平台，使用默认的 weight.storage = uint8 重新量化。</translation>
    </message>
    <message>
        <source>the images to evaluate on are missing</source>
        <translation>缺少用于评估的图像</translation>
    </message>
    <message>
        <source>Preprocessing: %1</source>
        <translation>预处理：%1</translation>
    </message>
    <message>
        <source>Kernel gap</source>
        <translation>内核差异</translation>
    </message>
    <message>
        <source>%1 as ONNX Runtime runs it, %2 in pure arithmetic</source>
        <translation>ONNX Runtime 实际运行 %1，按文件原本的算术 %2</translation>
    </message>
    <message>
        <source>%1 between ONNX Runtime&apos;s kernels and pure arithmetic</source>
        <translation>ONNX Runtime 内核与文件原本的算术之间 %1</translation>
    </message>
    <message>
        <source>Warning: %1</source>
        <translation>警告：%1</translation>
    </message>
    <message>
        <source>Run a model over images: accuracy, error, latency</source>
        <translation>在图像上运行模型：准确率、误差、延迟</translation>
    </message>
    <message>
        <source>The float model to compare with</source>
        <translation>用于比较的浮点模型</translation>
    </message>
    <message>
        <source>default: as ONNX Runtime runs it; off: the file&apos;s pure arithmetic</source>
        <translation>default：按 ONNX Runtime 的实际运行；off：按文件原本的算术</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Opset</source>
        <translation>Opset</translation>
    </message>
    <message>
        <source>%1 (IR version %2)</source>
        <translation>%1（IR 版本 %2）</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Multiply-accumulates</source>
        <translation>乘加次数</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>目标平台</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>%1, of which %2 can be quantized</source>
        <translation>共 %1 层，其中 %2 层可量化</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Operator</source>
        <translation>算子</translation>
    </message>
    <message>
        <source>MACs</source>
        <translation>乘加</translation>
    </message>
    <message>
        <source>Quantizable</source>
        <translation>可量化</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no: %1</source>
        <translation>否：%1</translation>
    </message>
    <message>
        <source>Show what a model holds and what of it can be quantized</source>
        <translation>查看模型内容以及哪些层可以量化</translation>
    </message>
    <message>
        <source>Error: %1</source>
        <translation>错误：%1</translation>
    </message>
    <message>
        <source>quantwright-cli %1, ONNX Runtime %2</source>
        <translation>quantwright-cli %1，ONNX Runtime %2</translation>
    </message>
    <message>
        <source>Usage</source>
        <translation>用法</translation>
    </message>
    <message>
        <source>OPTIONS</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>COMMAND</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Arguments</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>(required)</source>
        <translation>（必需）</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>Show this help</source>
        <translation>显示本帮助</translation>
    </message>
    <message>
        <source>Show the versions of the program and of ONNX Runtime</source>
        <translation>显示程序和 ONNX Runtime 的版本</translation>
    </message>
    <message>
        <source>Print one JSON document; messages go to stderr</source>
        <translation>只输出一个 JSON 文档；消息输出到 stderr</translation>
    </message>
    <message>
        <source>No progress and no messages</source>
        <translation>不显示进度和消息</translation>
    </message>
    <message>
        <source>Language: zh or en (default: the system&apos;s)</source>
        <translation>语言：zh 或 en（默认跟随系统）</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>there is no preset %1</source>
        <translation>没有名为 %1 的预设</translation>
    </message>
    <message>
        <source>The plan is good.</source>
        <translation>方案有效。</translation>
    </message>
    <message>
        <source>The plan does not hold.</source>
        <translation>方案不成立。</translation>
    </message>
    <message>
        <source>The plans are equal.</source>
        <translation>两个方案相同。</translation>
    </message>
    <message>
        <source>What a plan says</source>
        <translation>查看方案内容</translation>
    </message>
    <message>
        <source>A plan file (.qwplan)</source>
        <translation>方案文件（.qwplan）</translation>
    </message>
    <message>
        <source>Whether a plan is valid and takes effect on a model</source>
        <translation>检查方案是否有效、对模型是否起作用</translation>
    </message>
    <message>
        <source>Another target than the plan&apos;s</source>
        <translation>改用其他目标平台</translation>
    </message>
    <message>
        <source>What differs between two plans</source>
        <translation>比较两个方案的差异</translation>
    </message>
    <message>
        <source>The plan file to compare with</source>
        <translation>用于比较的方案文件</translation>
    </message>
    <message>
        <source>it is the same file as --out</source>
        <translation>与 --out 是同一个文件</translation>
    </message>
    <message>
        <source>%1 is no folder</source>
        <translation>%1 不是文件夹</translation>
    </message>
    <message>
        <source>%1 of %2 quantized</source>
        <translation>%2 层中量化了 %1 层</translation>
    </message>
    <message>
        <source>%1 (float %2, ratio %3)</source>
        <translation>%1（浮点 %2，压缩比 %3）</translation>
    </message>
    <message>
        <source>Preparation</source>
        <translation>图预处理</translation>
    </message>
    <message>
        <source>changes the float outputs by at most %1</source>
        <translation>对浮点输出的最大改变为 %1</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>Quantized model</source>
        <translation>量化模型</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>方案</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Most sensitive layers</source>
        <translation>最敏感的层</translation>
    </message>
    <message>
        <source>Quantized model to write</source>
        <translation>要写出的量化模型</translation>
    </message>
    <message>
        <source>Folder for report.html, .md, .csv and .json</source>
        <translation>存放 report.html、.md、.csv、.json 的文件夹</translation>
    </message>
    <message>
        <source>Plan file to write</source>
        <translation>要写出的方案文件</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <extracomment>A problem: severity, sentence</extracomment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1 (float %2, drop %3 points)</source>
        <translation>%1（浮点 %2，下降 %3 个百分点）</translation>
    </message>
    <message>
        <source>%1, %2 labelled</source>
        <translation>%1 张，其中 %2 张有标签</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Top-1</source>
        <translation>Top-1</translation>
    </message>
    <message>
        <source>Top-5</source>
        <translation>Top-5</translation>
    </message>
    <message>
        <source>Agreement</source>
        <translation>一致率</translation>
    </message>
    <message>
        <source>SNR</source>
        <translation>信噪比</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>余弦相似度</translation>
    </message>
    <message>
        <source>Mean abs. error</source>
        <translation>平均绝对误差</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>median %1, 90 % %2, 99 % %3, shortest %4</source>
        <translation>中位数 %1，90 % %2，99 % %3，最短 %4</translation>
    </message>
    <message>
        <source>Not finite</source>
        <translation>非有限值</translation>
    </message>
    <message numerus="yes">
        <source>%n output(s) with NaN or infinity</source>
        <translation>
            <numerusform>%n 个输出含 NaN 或无穷大</numerusform>
        </translation>
    </message>
    <message>
        <source>Skipped</source>
        <translation>已跳过</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n 个文件</numerusform>
        </translation>
    </message>
    <message>
        <source>scalar</source>
        <translation>标量</translation>
    </message>
    <message>
        <source>the model has no input of that name</source>
        <translation>模型没有这个名称的输入</translation>
    </message>
    <message>
        <source>the images to run on are missing</source>
        <translation>缺少要运行的图像</translation>
    </message>
    <message>
        <source>it gets no data: give it with --input %1=DIR</source>
        <translation>没有数据：请用 --input %1=目录 指定</translation>
    </message>
    <message>
        <source>the input %1 has another number of elements</source>
        <translation>与输入 %1 的元素个数不符</translation>
    </message>
    <message>
        <source>short side to %1</source>
        <translation>短边缩放到 %1</translation>
    </message>
    <message>
        <source>stretched to %1</source>
        <translation>拉伸到 %1</translation>
    </message>
    <message>
        <source>fitted inside %1</source>
        <translation>等比缩放放入 %1</translation>
    </message>
    <message>
        <source>centre crop %1</source>
        <translation>中心裁剪 %1</translation>
    </message>
    <message>
        <source>gray</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source>mean %1</source>
        <translation>均值 %1</translation>
    </message>
    <message>
        <source>std %1</source>
        <translation>标准差 %1</translation>
    </message>
    <message>
        <source>numbers with commas between them are wanted</source>
        <translation>应为以逗号分隔的数字</translation>
    </message>
    <message>
        <source>this version does not have it yet; there are: %1</source>
        <translation>此版本尚未提供；可用：%1</translation>
    </message>
    <message>
        <source>there are: %1</source>
        <translation>可用：%1</translation>
    </message>
    <message>
        <source>Shape of an input whose dimensions are open, such as 1,3,224,224</source>
        <translation>动态维度输入的形状，例如 1,3,224,224</translation>
    </message>
    <message>
        <source>Input data</source>
        <translation>输入数据</translation>
    </message>
    <message>
        <source>Folder (with subfolders) or list file of images</source>
        <translation>图像文件夹（含子文件夹）或列表文件</translation>
    </message>
    <message>
        <source>Take this many, chosen by a seeded shuffle (default: all)</source>
        <translation>按种子随机选取这么多（默认：全部）</translation>
    </message>
    <message>
        <source>Seed of the shuffle (default: 0)</source>
        <translation>随机种子（默认：0）</translation>
    </message>
    <message>
        <source>Element type of .raw files, such as float32 or uint8</source>
        <translation>.raw 文件的元素类型，例如 float32 或 uint8</translation>
    </message>
    <message>
        <source>Shape of .raw files (default: the input&apos;s)</source>
        <translation>.raw 文件的形状（默认：与输入相同）</translation>
    </message>
    <message>
        <source>Threads (default: all cores)</source>
        <translation>线程数（默认：全部核心）</translation>
    </message>
    <message>
        <source>Preprocessing</source>
        <translation>预处理</translation>
    </message>
    <message>
        <source>Mean of each channel</source>
        <translation>各通道均值</translation>
    </message>
    <message>
        <source>Standard deviation of each channel</source>
        <translation>各通道标准差</translation>
    </message>
    <message>
        <source>Size the images are resized to</source>
        <translation>图像缩放到的尺寸</translation>
    </message>
    <message>
        <source>a shape is whole numbers with commas between them, such as 1,3,224,224</source>
        <translation>形状应为以逗号分隔的正整数，例如 1,3,224,224</translation>
    </message>
    <message>
        <source>NAME=VALUE is wanted</source>
        <translation>应为 名称=值</translation>
    </message>
    <message>
        <source>the images to calibrate on are missing</source>
        <translation>缺少用于校准的图像</translation>
    </message>
    <message>
        <source>its input %1 is none of the model&apos;s</source>
        <translation>它的输入 %1 在模型中不存在</translation>
    </message>
    <message>
        <source>GLOB:key=value is wanted, such as &apos;/head/*:mode=float&apos;</source>
        <translation>应为 通配符:键=值，例如 &apos;/head/*:mode=float&apos;</translation>
    </message>
    <message>
        <source>there is no key %1; there are: %2</source>
        <translation>没有键 %1；可用：%2</translation>
    </message>
    <message>
        <source>Hardware and runtime: %1</source>
        <translation>硬件与运行时：%1</translation>
    </message>
    <message>
        <source>Choices (stronger from top to bottom)</source>
        <translation>选择（越靠后优先级越高）</translation>
    </message>
    <message>
        <source>What is symmetric: weights, activations, both, none</source>
        <translation>对称量化的对象：weights、activations、both、none</translation>
    </message>
    <message>
        <source>For --threshold percentile, such as 99.99</source>
        <translation>用于 --threshold percentile，例如 99.99</translation>
    </message>
    <message>
        <source>Layers that stay float; repeatable</source>
        <translation>保持浮点的层；可重复</translation>
    </message>
    <message>
        <source>A key of the plan for some layers; repeatable</source>
        <translation>为若干层设置方案的某个键；可重复</translation>
    </message>
    <message>
        <source>a number over 50 and up to 100 is wanted</source>
        <translation>应为大于 50、不超过 100 的数</translation>
    </message>
    <message>
        <source>it belongs to --threshold percentile</source>
        <translation>只能与 --threshold percentile 一起使用</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1/%2</translation>
    </message>
    <message>
        <source>%1/s</source>
        <translation>%1/秒</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>剩余 %1</translation>
    </message>
    <message>
        <source>SNR alone</source>
        <translation>单层信噪比</translation>
    </message>
    <message>
        <source>Quantizes ONNX models and measures what it costs.</source>
        <translation>量化 ONNX 模型，并测量量化的代价。</translation>
    </message>
    <message>
        <source>Measured on</source>
        <translation>评估数据</translation>
    </message>
    <message>
        <source>Calibrate, quantize, export and measure a model</source>
        <translation>校准、量化、导出并评估模型</translation>
    </message>
    <message>
        <source>Images to measure the result on (default: the calibration images)</source>
        <translation>用于评估结果的图像（默认：校准图像）</translation>
    </message>
    <message numerus="yes">
        <source>    %n more of this kind; --json lists all</source>
        <translation>
            <numerusform>    另有 %n 条同类信息；--json 可列出全部</numerusform>
        </translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>a command is missing; there are: %1</source>
        <translation>缺少命令；可用：%1</translation>
    </message>
    <message>
        <source>there is no such command; there are: %1</source>
        <translation>没有这个命令；可用：%1</translation>
    </message>
    <message>
        <source>%1 has no such option</source>
        <translation>%1 没有这个选项</translation>
    </message>
    <message>
        <source>it is missing</source>
        <translation>缺少该项</translation>
    </message>
    <message>
        <source>a whole number from %1 is wanted</source>
        <translation>应为不小于 %1 的整数</translation>
    </message>
    <message>
        <source>Another toolchain&apos;s choices: %1</source>
        <translation>其他工具链的选择：%1</translation>
    </message>
    <message>
        <source>static: activations with ranges from calibration; dynamic: with each run&apos;s own; weight-only; fp16. All but static need no images</source>
        <translation>static：激活范围来自校准；dynamic：每次运行自己的范围；weight-only：仅权重；fp16。除 static 外都不需要图像</translation>
    </message>
    <message>
        <source>Activation format: int8, uint8, int16, uint16, float</source>
        <translation>激活格式：int8、uint8、int16、uint16、float</translation>
    </message>
    <message>
        <source>Weight format: int8, uint8, int4, uint4, float</source>
        <translation>权重格式：int8、uint8、int4、uint4、float</translation>
    </message>
    <message>
        <source>Scales of weights: one per tensor, per channel, or per group (of a convolution, else of --block-size elements)</source>
        <translation>权重的缩放因子：每张量、每通道或每组一个（卷积的组，否则为 --block-size 个元素）</translation>
    </message>
    <message>
        <source>Elements with one scale along the reduction axis, for --granularity group (default: 32)</source>
        <translation>沿归约轴共用一个缩放因子的元素数，用于 --granularity group（默认：32）</translation>
    </message>
    <message>
        <source>How activation ranges are found: minmax, moving-average, percentile, mse, kl, histogram</source>
        <translation>激活范围的求法：minmax、moving-average、percentile、mse、kl、histogram</translation>
    </message>
    <message>
        <source>a whole number from %1 to %2 is wanted</source>
        <translation>应为 %1 到 %2 的整数</translation>
    </message>
    <message>
        <source>it belongs to --granularity group</source>
        <translation>它属于 --granularity group</translation>
    </message>
    <message>
        <source>the plan comes from --config</source>
        <translation>方案来自 --config</translation>
    </message>
    <message>
        <source>%1 is missing</source>
        <translation>缺少 %1</translation>
    </message>
    <message>
        <source>An xslim or xquant JSON file: model, output, data and choices; options are stronger</source>
        <translation>xslim 或 xquant 的 JSON 文件：模型、输出、数据和选择；选项优先</translation>
    </message>
    <message>
        <source>Highest opset of the file (default: as far as the choices need)</source>
        <translation>文件的最高 opset（默认：按选择的需要）</translation>
    </message>
    <message>
        <source>SNR is noise power over signal power, as xslim prints it: lower is better. Red: above 0.1, or a cosine below 0.99.</source>
        <translation>SNR 为噪声功率与信号功率之比，与 xslim 的写法相同：越低越好。红色：高于 0.1，或余弦低于 0.99。</translation>
    </message>
    <message>
        <source>Analysis</source>
        <translation>分析</translation>
    </message>
    <message>
        <source>Show, check, compare and convert plan files</source>
        <translation>查看、检查、比较和转换方案文件</translation>
    </message>
    <message>
        <source>Written: %1</source>
        <translation>已写入：%1</translation>
    </message>
    <message>
        <source>An xslim file to a plan, or a plan to an xslim file</source>
        <translation>把 xslim 文件转换为方案，或把方案转换为 xslim 文件</translation>
    </message>
    <message>
        <source>A plan file (.qwplan) or an xslim JSON file</source>
        <translation>方案文件（.qwplan）或 xslim 的 JSON 文件</translation>
    </message>
    <message>
        <source>File to write (default: print it)</source>
        <translation>要写入的文件（默认：打印）</translation>
    </message>
    <message>
        <source>A PyTorch script that applies the plan for fine tuning</source>
        <translation>按方案进行微调的 PyTorch 脚本</translation>
    </message>
    <message>
        <source>Script to write (default: print it)</source>
        <translation>要写入的脚本（默认：打印）</translation>
    </message>
    <message numerus="yes">
        <source>Measured on %n random input(s), normally distributed: there were no images. The figures show which layers round most, not how accurate the model is.</source>
        <translation>
            <numerusform>在 %n 个服从正态分布的随机输入上测得：没有图像。这些数值说明哪些层的舍入最大，不说明模型的精度。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Measured on %n sample(s).</source>
        <translation>
            <numerusform>在 %n 个样本上测得。</numerusform>
        </translation>
    </message>
    <message>
        <source>List the parts of layers that stand for several, such as Conv + SiLU</source>
        <translation>同时列出合并显示的层（如 Conv + SiLU）的各个组成部分</translation>
    </message>
    <message>
        <source>A tensor behind which nothing is quantized (layers that no such tensor needs stay float); repeatable</source>
        <translation>在此张量处截断量化：计算这些张量用不到的层保持浮点；可重复给出</translation>
    </message>
    <message>
        <source>Data of one input: images, .npy, .npz or .raw files; repeatable</source>
        <translation>某个输入的数据：图像、.npy、.npz 或 .raw 文件；可重复</translation>
    </message>
    <message>
        <source>Lines &quot;relative/path index&quot;, or a .npy of indices (default: class subfolders, by number where all names are numbers, else sorted)</source>
        <translation>每行“相对路径 类别序号”，或由序号组成的 .npy（默认：按类别子文件夹，名称全为数字时按数字，否则按排序）</translation>
    </message>
    <message>
        <source>Class names, one a line: names of labels and class subfolders are looked up there</source>
        <translation>类别名称，每行一个：标签和类别子文件夹的名称在其中查找</translation>
    </message>
    <message>
        <source>imagenet, opencv-imagenet, stretch, letterbox, or a JSON file (default: imagenet for three channels, else stretch)</source>
        <translation>imagenet、opencv-imagenet、stretch、letterbox 或 JSON 文件（默认：三通道为 imagenet，其余为 stretch）</translation>
    </message>
    <message>
        <source>Channel order: rgb, bgr, gray, rgba or bgra</source>
        <translation>通道顺序：rgb、bgr、gray、rgba 或 bgra</translation>
    </message>
    <message>
        <source>Worst part of the outputs: %1</source>
        <translation>输出中最差的部分：%1</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <extracomment>A figure in dB, then which part of the outputs it belongs to</extracomment>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>SNR, worst part</source>
        <translation>信噪比（最差部分）</translation>
    </message>
    <message>
        <source>open: the file keeps the dimensions that the model leaves open; fixed: it has the sizes of --input-shape (default: open; with --target spacemit-k1 fixed where open ones would keep nodes off its provider)</source>
        <translation>open：写出的文件保留模型的动态维度；fixed：使用 --input-shape 的尺寸（默认 open；目标为 spacemit-k1 时，若动态维度会使节点无法在其执行提供程序上运行，则为 fixed）</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>仅权重</translation>
    </message>
    <message>
        <source>Activations</source>
        <translation>仅激活</translation>
    </message>
    <message>
        <source>Without it</source>
        <translation>除该层外</translation>
    </message>
    <message>
        <source>Accumulated</source>
        <translation>累积</translation>
    </message>
    <message>
        <source>the images to compare on are missing</source>
        <translation>缺少用于比较的图像</translation>
    </message>
    <message>
        <source>Largest difference</source>
        <translation>最大差值</translation>
    </message>
    <message>
        <source>Compare two models tensor by tensor</source>
        <translation>逐张量比较两个模型</translation>
    </message>
    <message>
        <source>The ONNX model that is right</source>
        <translation>作为基准的 ONNX 模型</translation>
    </message>
    <message>
        <source>The ONNX model to judge, such as a quantized one</source>
        <translation>要评判的 ONNX 模型，例如量化后的模型</translation>
    </message>
    <message numerus="yes">
        <source>An earlier run did not end: its %n measurement(s) are used. --fresh measures anew.</source>
        <translation>
            <numerusform>上一次运行没有做完：沿用其已测的 %n 项结果。要全部重测，请加 --fresh。</numerusform>
        </translation>
    </message>
    <message>
        <source>What was measured is kept: the same command goes on from there.</source>
        <translation>已测的结果已保留：再次运行同一命令即从中断处继续。</translation>
    </message>
    <message>
        <source>All layers quantized: %1</source>
        <translation>全部层量化后：%1</translation>
    </message>
    <message>
        <source>Measured on: %1</source>
        <translation>测量依据：%1</translation>
    </message>
    <message>
        <source>Images to analyze on (default: the calibration images)</source>
        <translation>用于分析的图像（默认：校准图像）</translation>
    </message>
    <message>
        <source>Measure everything anew, also what a run that was cancelled has left</source>
        <translation>全部重新测量，不沿用被取消的运行留下的结果</translation>
    </message>
    <message>
        <source>%1 tensors are in the first model alone, %2 in the second</source>
        <translation>仅第一个模型有的张量 %1 个，仅第二个模型有的 %2 个</translation>
    </message>
    <message>
        <source>Ranks</source>
        <translation>排名范围</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>%1 (float %2)</source>
        <translation>%1（浮点 %2）</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>有变化</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) give another result than float</source>
        <translation>
            <numerusform>%n 张图像的结果与浮点不同</numerusform>
        </translation>
    </message>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
    <message>
        <source>What the network is for (default: told by its outputs, metadata and labels; none: tensors alone are scored)</source>
        <translation>网络的用途（默认：由输出、元数据和标签判断；none：只比较张量）</translation>
    </message>
    <message>
        <source>Decoder and options of the task (docs/tasks.md)</source>
        <translation>任务的解码器和选项（docs/tasks.md）</translation>
    </message>
    <message>
        <source>One option of the task, such as decoder=yolox or score=0.4; repeatable</source>
        <translation>任务的一个选项，如 decoder=yolox 或 score=0.4；可重复</translation>
    </message>
    <message>
        <source>Task: %1 by decoder %2 (%3)</source>
        <translation>任务：%1，解码器 %2（%3）</translation>
    </message>
    <message>
        <source>A program that scores the outputs: it gets a folder and prints a JSON object of figures (docs/tasks.md)</source>
        <translation>给输出打分的程序：它得到一个文件夹，输出一个由指标组成的 JSON 对象（docs/tasks.md）</translation>
    </message>
    <message>
        <source>none: plain rounding; fast: ranges and biases, in seconds; best: ranges, weights rounded so that errors make up for each other, and biases. Only what helps on images it was not made from is kept (default: none)</source>
        <translation>none：普通舍入；fast：调整范围和偏置，数秒完成；best：调整范围、让权重的舍入误差相互抵消，并校正偏置。只保留在未参与求解的图像上确有改善的部分（默认：none）</translation>
    </message>
    <message>
        <source>Ranges chosen</source>
        <translation>范围选择</translation>
    </message>
    <message>
        <source>Biases corrected</source>
        <translation>偏置校正</translation>
    </message>
    <message>
        <source>Weights rounded</source>
        <translation>权重舍入</translation>
    </message>
    <message numerus="yes">
        <source>%1 → %2 on %n image(s) that it was not made from</source>
        <translation>
            <numerusform>%1 → %2（在未参与求解的 %n 张图像上）</numerusform>
        </translation>
    </message>
    <message>
        <source>%1: not kept</source>
        <translation>%1：未采用</translation>
    </message>
    <message>
        <source>%1; float: %2</source>
        <translation>%1；浮点：%2</translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more; --json lists all</source>
        <translation>
            <numerusform>%1 等，另有 %n 张；--json 列出全部</numerusform>
        </translation>
    </message>
    <message>
        <source>Differ from float</source>
        <translation>与浮点不同</translation>
    </message>
    <message>
        <source>one promise is wanted: --min-snr DB, or --max-drop POINTS</source>
        <translation>需要且只能有一个承诺：--min-snr DB 或 --max-drop POINTS</translation>
    </message>
    <message>
        <source>it goes with --max-drop</source>
        <translation>它要与 --max-drop 一起用</translation>
    </message>
    <message numerus="yes">
        <source>nearest is %1, with %n exception(s)</source>
        <translation>
            <numerusform>最接近的是 %1，用了 %n 个例外</numerusform>
        </translation>
    </message>
    <message>
        <source>--out-plan names the same file</source>
        <translation>--out-plan 指定了同一个文件</translation>
    </message>
    <message numerus="yes">
        <source>Best so far: %n exception(s), %1, %2 %3</source>
        <translation>
            <numerusform>目前最好：%n 个例外，%1，%2 %3</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n point(s) were known from an earlier search of the same. --fresh measures anew.</source>
        <translation>
            <numerusform>有 %n 个点沿用了以前相同搜索的测量结果。用 --fresh 重新测量。</numerusform>
        </translation>
    </message>
    <message>
        <source>Find the fewest costly exceptions that keep a promised accuracy</source>
        <translation>寻找代价最小的例外，以守住所承诺的精度</translation>
    </message>
    <message>
        <source>Promised: signal to noise at the outputs, against the float model</source>
        <translation>承诺：输出相对浮点模型的信噪比</translation>
    </message>
    <message>
        <source>Promised: the task&apos;s figure lies at most so many percentage points below the float model&apos;s</source>
        <translation>承诺：任务指标比浮点模型最多低这么多个百分点</translation>
    </message>
    <message>
        <source>Figure that --max-drop is about, such as top1, map50 or same_text (default: the task&apos;s first, without labels its agreement with float)</source>
        <translation>--max-drop 所指的指标，例如 top1、map50 或 same_text（默认：任务的第一个指标；没有标签时为与浮点的一致程度）</translation>
    </message>
    <message>
        <source>What is to stay low: bytes of the file, macs weighted by bit width, or the time that a board&apos;s past deployments predict (default: bytes)</source>
        <translation>要尽量小的代价：文件字节数、按位宽加权的乘加数，或由开发板以往部署预测的时间（默认：bytes）</translation>
    </message>
    <message>
        <source>No more exceptions than so many (default: as many as it takes)</source>
        <translation>例外最多这么多个（默认：需要多少用多少）</translation>
    </message>
    <message>
        <source>Measure on so many images (default: 8 to 32 by the model&apos;s size for an SNR, as many as fit into 1 GiB for a task&apos;s figure)</source>
        <translation>在这么多张图像上测量（默认：信噪比按模型大小取 8 到 32 张，任务指标取 1 GiB 能容纳的张数）</translation>
    </message>
    <message>
        <source>Improve the plan first, as quantize does (default: none)</source>
        <translation>先像 quantize 那样改进方案（默认：none）</translation>
    </message>
    <message>
        <source>Plan file to write: the chosen plan</source>
        <translation>要写出的方案文件：选中的方案</translation>
    </message>
    <message>
        <source>Table of all points to write</source>
        <translation>要写出的全部点的表格</translation>
    </message>
    <message>
        <source>Folder for a report with the trade-off: report.html, .md, .csv, .json and points.csv</source>
        <translation>报告文件夹，含精度与代价的权衡图：report.html、.md、.csv、.json 和 points.csv</translation>
    </message>
    <message>
        <source>Images to keep the promise on (default: the calibration images)</source>
        <translation>在这些图像上守住承诺（默认：校准图像）</translation>
    </message>
    <message>
        <source>Measure everything anew, also what an earlier search has left</source>
        <translation>全部重新测量，以前的搜索留下的也不用</translation>
    </message>
    <message>
        <source>nothing was measured on this board yet: board deploy --profile with --against does that</source>
        <translation>这块开发板上还没有测量过：请用 board deploy --profile 并加 --against</translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s) like this model&apos;s were not measured in float there: board deploy --profile with --against does that</source>
        <translation>
            <numerusform>有 %n 个层在该开发板上没有浮点的测量结果：请用 board deploy --profile 并加 --against</numerusform>
        </translation>
    </message>
    <message>
        <source>Predicted latency</source>
        <translation>预测延迟</translation>
    </message>
    <message>
        <source>8-bit multiply-accumulates</source>
        <translation>折合 8 位乘加数</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>%1 points</source>
        <translation>%1 个百分点</translation>
    </message>
    <message>
        <source>%1 at most %2 below float</source>
        <translation>%1 比浮点最多低 %2</translation>
    </message>
    <message>
        <source>at least %1</source>
        <translation>不低于 %1</translation>
    </message>
    <message>
        <source>%1 %2, %3 below float (%4)</source>
        <translation>%1 %2，比浮点低 %3（%4）</translation>
    </message>
    <message>
        <source>%1 below float without it</source>
        <translation>去掉它后比浮点低 %1</translation>
    </message>
    <message>
        <source>%1 without it</source>
        <translation>去掉它后为 %1</translation>
    </message>
    <message>
        <source>%1; rank %2, %3 with it alone quantized</source>
        <translation>%1；敏感度第 %2，仅量化它时 %3</translation>
    </message>
    <message>
        <source>Promised</source>
        <translation>承诺</translation>
    </message>
    <message>
        <source>Kept with</source>
        <translation>守住承诺用了</translation>
    </message>
    <message>
        <source>Nearest</source>
        <translation>最接近的用了</translation>
    </message>
    <message numerus="yes">
        <source>%n exception(s)</source>
        <translation>
            <numerusform>%n 个例外</numerusform>
        </translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>%1 (the plan as it was: %2)</source>
        <translation>%1（原方案：%2）</translation>
    </message>
    <message>
        <source>Tried</source>
        <translation>尝试</translation>
    </message>
    <message>
        <source>%1 plans, and %2 on a few images</source>
        <translation>%1 个方案，另有 %2 个只用了少量图像</translation>
    </message>
    <message>
        <source>Exception</source>
        <translation>例外</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>%1, points below float</source>
        <translation>%1，比浮点低的百分点</translation>
    </message>
    <message>
        <source>SNR (dB)</source>
        <translation>信噪比（dB）</translation>
    </message>
    <message>
        <source>Trade-off</source>
        <translation>精度与代价的权衡</translation>
    </message>
    <message>
        <source>Each dot is a plan that was measured; blue ones keep the promise, the ringed one is chosen. Along the line nothing cheaper is as accurate.</source>
        <translation>每个点是一个实测过的方案；蓝点守住了承诺，带圈的是选中的方案。折线上的方案，没有更便宜而同样准确的。</translation>
    </message>
</context>
<context>
    <name>Report</name>
    <message>
        <source>Quantization report</source>
        <translation>量化报告</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>目标平台</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Operator</source>
        <translation>算子</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>SNR alone (dB)</source>
        <translation>单层信噪比 (dB)</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Multiply-accumulates</source>
        <translation>乘加次数</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>SNR alone: only this layer is quantized, error at the model&apos;s outputs; lower is more sensitive.</source>
        <translation>单层信噪比：只量化该层时模型输出处的信噪比；越低越敏感。</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>The system&apos;s keychain did not keep the secret of “%1”.</source>
        <translation>系统钥匙串没有保存“%1”的密码或口令。</translation>
    </message>
    <message>
        <source>Unlock the keychain. Until it is kept, the secret is asked for again.</source>
        <translation>请解锁钥匙串；保存成功之前，下次仍会询问。</translation>
    </message>
    <message>
        <source>The board is emulated: its times say nothing about a real board.</source>
        <translation>开发板是模拟的：其耗时不代表真实开发板。</translation>
    </message>
    <message>
        <source>The clock is governed by “%1” instead of “performance”: it may change between runs.</source>
        <translation>频率由“%1”而不是“performance”调节：各次运行间可能变化。</translation>
    </message>
    <message>
        <source>The processor ran at %1 MHz instead of %2 MHz at the end: it was throttled.</source>
        <translation>结束时处理器运行在 %1 MHz 而不是 %2 MHz：发生了降频。</translation>
    </message>
    <message>
        <source>The processor is at %1 °C: it may be throttled soon.</source>
        <translation>处理器温度为 %1 °C：可能很快降频。</translation>
    </message>
    <message>
        <source>Other programs used %1 processors during the measurement.</source>
        <translation>测量期间其他程序占用了 %1 个处理器。</translation>
    </message>
    <message>
        <source>The runs spread more than what is to be told apart: the median is known to ±%1 % only.</source>
        <translation>各次运行的离散程度大于要分辨的差异：中位数只精确到 ±%1 %。</translation>
    </message>
    <message>
        <source>Only %1 runs were timed: too few to say how they spread.</source>
        <translation>只计时了 %1 次运行：太少，无法判断离散程度。</translation>
    </message>
    <message>
        <source>Logged in as %1.</source>
        <translation>已登录 %1。</translation>
    </message>
    <message>
        <source>No login as %1.</source>
        <translation>无法登录 %1。</translation>
    </message>
    <message>
        <source>Login</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>Files can be sent (SFTP).</source>
        <translation>可以传送文件（SFTP）。</translation>
    </message>
    <message>
        <source>Files can&apos;t be sent: the SSH server has no SFTP.</source>
        <translation>无法传送文件：SSH 服务器没有 SFTP。</translation>
    </message>
    <message>
        <source>File transfer</source>
        <translation>文件传送</translation>
    </message>
    <message>
        <source>There is an agent for %1.</source>
        <translation>有适用于 %1 的代理程序。</translation>
    </message>
    <message>
        <source>There is no agent for “%1” in this installation.</source>
        <translation>此安装中没有适用于“%1”的代理程序。</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>架构</translation>
    </message>
    <message>
        <source>The agent runs.</source>
        <translation>代理程序运行正常。</translation>
    </message>
    <message>
        <source>The agent could not be sent or started: %1</source>
        <translation>代理程序无法传送或启动：%1</translation>
    </message>
    <message>
        <source>Agent</source>
        <translation>代理程序</translation>
    </message>
    <message>
        <source>%1 MB of memory are free.</source>
        <translation>空闲内存 %1 MB。</translation>
    </message>
    <message>
        <source>Only %1 MB of memory are free: without the desktop there would be more.</source>
        <translation>空闲内存只有 %1 MB：关闭桌面可腾出更多。</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>%1 MB of disk are free.</source>
        <translation>磁盘剩余 %1 MB。</translation>
    </message>
    <message>
        <source>Only %1 MB of disk are free.</source>
        <translation>磁盘只剩 %1 MB。</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>ONNX Runtime %1: %2</source>
        <translation>ONNX Runtime %1：%2</translation>
    </message>
    <message>
        <source>No ONNX Runtime of version 1.14 or newer was found (%1).</source>
        <translation>未找到 1.14 或更新版本的 ONNX Runtime（%1）。</translation>
    </message>
    <message>
        <source>ONNX Runtime</source>
        <translation>ONNX Runtime</translation>
    </message>
    <message>
        <source>SpacemiT&apos;s execution provider: %1</source>
        <translation>SpacemiT 执行提供程序：%1</translation>
    </message>
    <message>
        <source>SpacemiT&apos;s execution provider is missing or broken: the AI instructions would stay unused.</source>
        <translation>SpacemiT 执行提供程序缺失或损坏：AI 指令将用不上。</translation>
    </message>
    <message>
        <source>Execution provider</source>
        <translation>执行提供程序</translation>
    </message>
    <message>
        <source>The processor runs at its full clock (%1).</source>
        <translation>处理器以最高频率运行（%1）。</translation>
    </message>
    <message>
        <source>The clock is governed by “%1”: measurements vary.</source>
        <translation>频率由“%1”调节：测量结果会波动。</translation>
    </message>
    <message>
        <source>Clock</source>
        <translation>频率</translation>
    </message>
    <message>
        <source>Layers whose result on the board is not the exact arithmetic&apos;s: %2. The largest difference is at “%1”.</source>
        <translation>有 %2 层在开发板上的结果与精确运算不同，差异最大的是“%1”。</translation>
    </message>
    <message>
        <source>They were run with the board&apos;s optimizations off, each on the same inputs as the host&apos;s: its kernels for these layers compute in another way.</source>
        <translation>各层均在关闭开发板优化、输入与主机相同的条件下运行：开发板上这些层的内核计算方式不同。</translation>
    </message>
    <message>
        <source>The layers could not be compared on the board: %2</source>
        <translation>无法在开发板上逐层比较：%2</translation>
    </message>
    <message>
        <source>All other figures hold. A model with all inner tensors as outputs needs more memory.</source>
        <translation>其余指标均有效。把所有内部张量作为输出的模型需要更多内存。</translation>
    </message>
    <message>
        <source>Nodes that the provider leaves to the processor: %2 (parts that it runs itself: %3).</source>
        <translation>执行提供程序交给处理器运行的节点：%2 个（自己运行的子图：%3 个）。</translation>
    </message>
    <message>
        <source>--profile names them. Each change between the two costs time: see what the target asks of these layers.</source>
        <translation>--profile 会列出它们。两者之间每次切换都要耗时：请查看目标对这些层的要求。</translation>
    </message>
    <message>
        <source>The statistics of “%1” hold no moving average: its full range is used.</source>
        <translation>“%1” 的统计里没有滑动平均，改用完整范围。</translation>
    </message>
    <message>
        <source>They come from an older version or were merged with such. Calibrate again.</source>
        <translation>统计来自旧版本，或与旧版本的统计合并过。请重新校准。</translation>
    </message>
    <message>
        <source>the model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>the images</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>the image</source>
        <translation>该图像</translation>
    </message>
    <message>
        <source>the statistics</source>
        <translation>统计文件</translation>
    </message>
    <message>
        <source>the plan</source>
        <translation>方案</translation>
    </message>
    <message>
        <source>the project</source>
        <translation>工程</translation>
    </message>
    <message>
        <source>the output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>the command line</source>
        <translation>命令行</translation>
    </message>
    <message>
        <source>There is no model file at “%1”.</source>
        <translation>“%1”处没有模型文件。</translation>
    </message>
    <message>
        <source>Check the path and the spelling of the file&apos;s name.</source>
        <translation>请检查路径和文件名拼写。</translation>
    </message>
    <message>
        <source>“%1” is not an ONNX model.</source>
        <translation>“%1”不是 ONNX 模型。</translation>
    </message>
    <message>
        <source>Export the network to ONNX, for example with torch.onnx.export, and open that file.</source>
        <translation>请先将网络导出为 ONNX（例如用 torch.onnx.export），再打开导出的文件。</translation>
    </message>
    <message>
        <source>“%1” ends before the model does.</source>
        <translation>“%1”不完整：文件在模型结束之前就断了。</translation>
    </message>
    <message>
        <source>Copy or download the file again and compare its size with the original.</source>
        <translation>请重新复制或下载该文件，并与原文件核对大小。</translation>
    </message>
    <message>
        <source>The protobuf part of “%1” is over 2 GB.</source>
        <translation>“%1”的 protobuf 部分超过 2 GB。</translation>
    </message>
    <message>
        <source>Save the weights as external data (onnx.save with save_as_external_data=True).</source>
        <translation>请把权重存为外部数据（onnx.save 加 save_as_external_data=True）。</translation>
    </message>
    <message>
        <source>The weight data “%1” are not there.</source>
        <translation>找不到权重数据“%1”。</translation>
    </message>
    <message>
        <source>Put the data file beside the model, under the name the model gives it.</source>
        <translation>请把数据文件放到模型旁边，文件名与模型中记录的一致。</translation>
    </message>
    <message>
        <source>The file with the weight data “%1” is too short.</source>
        <translation>权重数据“%1”所在的文件太短。</translation>
    </message>
    <message>
        <source>Copy the data file again: it ends before the weight does.</source>
        <translation>请重新复制数据文件：文件在权重结束之前就断了。</translation>
    </message>
    <message>
        <source>The weight data “%1” lie outside of the model&apos;s folder.</source>
        <translation>权重数据“%1”位于模型文件夹之外。</translation>
    </message>
    <message>
        <source>Keep the data file in the model&apos;s folder, without links, and save the model again with that relative path.</source>
        <translation>请把数据文件放在模型所在文件夹内（不用链接），并以相对路径重新保存模型。</translation>
    </message>
    <message>
        <source>The graph has a cycle through “%1”.</source>
        <translation>计算图在“%1”处成环。</translation>
    </message>
    <message>
        <source>A network that can run has none: export it again.</source>
        <translation>能运行的网络不会有环：请重新导出。</translation>
    </message>
    <message>
        <source>Two values of the graph are named “%1”.</source>
        <translation>计算图中有两个值都叫“%1”。</translation>
    </message>
    <message>
        <source>Names must be unique: export the network again, or rename one of the values.</source>
        <translation>名称必须唯一：请重新导出网络，或给其中一个改名。</translation>
    </message>
    <message>
        <source>Nothing in the graph makes “%1”.</source>
        <translation>计算图中没有任何节点产生“%1”。</translation>
    </message>
    <message>
        <source>A node reads a value that no node, input or weight gives: export the network again.</source>
        <translation>有节点读取的值既不来自其他节点，也不是输入或权重：请重新导出网络。</translation>
    </message>
    <message>
        <source>“%1” can&apos;t be fed with images: it is no float tensor with 1, 3 or 4 channels.</source>
        <translation>“%1”无法以图像作为输入：它不是 1、3 或 4 通道的浮点张量。</translation>
    </message>
    <message>
        <source>Give the data of every input with --input NAME=DIR (.npy, .raw or images).</source>
        <translation>请用 --input 名称=目录 给出每个输入的数据（.npy、.raw 或图像）。</translation>
    </message>
    <message>
        <source>The shape of “%1” can&apos;t be inferred.</source>
        <translation>无法推断“%1”的形状。</translation>
    </message>
    <message>
        <source>Give it with --input-shape NAME=1,3,224,224.</source>
        <translation>请用 --input-shape 名称=1,3,224,224 指定。</translation>
    </message>
    <message>
        <source>ONNX Runtime has no operator “%1”.</source>
        <translation>ONNX Runtime 没有算子“%1”。</translation>
    </message>
    <message>
        <source>A model with it can be looked at, not run: export the network from standard operators, or cut it in front of this one.</source>
        <translation>含有它的模型可以查看，但不能运行：请用标准算子重新导出网络，或在该算子之前截断模型。</translation>
    </message>
    <message>
        <source>ONNX Runtime has no operator “%2” (layer “%1”).</source>
        <translation>ONNX Runtime 没有算子“%2”（层“%1”）。</translation>
    </message>
    <message>
        <source>The layer and everything behind it stay float, and the model can&apos;t be run: export it from standard operators, or cut it in front of this one.</source>
        <translation>该层及其后的所有层保持浮点，模型无法运行：请用标准算子重新导出，或在该算子之前截断。</translation>
    </message>
    <message numerus="yes">
        <source>%n quantize or dequantize node(s) of the model stay as they are; the first is “%3”.</source>
        <translation>
            <numerusform>模型中有 %n 个量化或反量化节点保持原样，第一个是“%3”。</numerusform>
        </translation>
    </message>
    <message>
        <source>Only pairs on activations and dequantized weights and biases are taken as given parameters. Layers that read the others stay as the model has them.</source>
        <translation>只有激活上的成对节点以及反量化的权重和偏置会作为给定参数读取。读取其余节点的层保持模型中的原样。</translation>
    </message>
    <message>
        <source>“%1” is quantized already.</source>
        <translation>“%1”已经量化过。</translation>
    </message>
    <message>
        <source>What you do not choose otherwise stays as it came, and nothing is quantized twice. Start from the float model to choose anew.</source>
        <translation>未另行选择的部分保持模型原样，不会重复量化。要全部重新选择，请从浮点模型开始。</translation>
    </message>
    <message>
        <source>ONNX Runtime does not know the opset of “%1”.</source>
        <translation>ONNX Runtime 不支持“%1”的 opset 版本。</translation>
    </message>
    <message>
        <source>Export the network with an older opset.</source>
        <translation>请用较旧的 opset 重新导出网络。</translation>
    </message>
    <message>
        <source>Not one image could be read from “%1”.</source>
        <translation>“%1”中没有一张能读取的图像。</translation>
    </message>
    <message>
        <source>Choose a folder with JPEG, PNG, BMP, WebP or TIFF images (or .npy and .raw files), or a list of such files.</source>
        <translation>请选择含有 JPEG、PNG、BMP、WebP 或 TIFF 图像（或 .npy、.raw 文件）的文件夹，或这些文件的列表。</translation>
    </message>
    <message>
        <source>The image “%1” can&apos;t be decoded.</source>
        <translation>无法解码图像“%1”。</translation>
    </message>
    <message>
        <source>It is skipped. Save it again, or take it out of the folder.</source>
        <translation>已跳过。请重新保存该图像，或将其移出文件夹。</translation>
    </message>
    <message>
        <source>The image “%1” has too many pixels.</source>
        <translation>图像“%1”的像素过多。</translation>
    </message>
    <message>
        <source>It is skipped. Make it smaller first.</source>
        <translation>已跳过。请先缩小该图像。</translation>
    </message>
    <message>
        <source>No label of “%1” belongs to an image.</source>
        <translation>“%1”中的标签与任何图像都对不上。</translation>
    </message>
    <message>
        <source>Lines are &quot;relative/path index&quot;: the paths must be relative to the image folder.</source>
        <translation>每行格式为“相对路径 类别序号”，路径须相对于图像文件夹。</translation>
    </message>
    <message>
        <source>The preprocessing “%1” is wrong.</source>
        <translation>预处理“%1”有误。</translation>
    </message>
    <message>
        <source>Use imagenet, opencv-imagenet, stretch, letterbox or a JSON file as the manual page describes it, with one mean and std per channel.</source>
        <translation>请使用 imagenet、opencv-imagenet、stretch、letterbox，或手册页所述的 JSON 文件；每个通道一个均值和一个标准差。</translation>
    </message>
    <message>
        <source>The statistics do not belong to “%1”.</source>
        <translation>该统计数据不属于“%1”。</translation>
    </message>
    <message>
        <source>Calibrate this model, or choose the statistics made with it.</source>
        <translation>请对该模型进行校准，或选择由它生成的统计文件。</translation>
    </message>
    <message>
        <source>The statistics file “%1” can&apos;t be read.</source>
        <translation>无法读取统计文件“%1”。</translation>
    </message>
    <message>
        <source>Calibrate again and save the statistics anew.</source>
        <translation>请重新校准并保存统计数据。</translation>
    </message>
    <message>
        <source>The choice or plan “%1” is not valid.</source>
        <translation>选项或方案“%1”无效。</translation>
    </message>
    <message>
        <source>docs/formats.md lists the keys of a plan and what each may be.</source>
        <translation>docs/formats.md 列出了方案的各个键及其可取的值。</translation>
    </message>
    <message>
        <source>The plan “%1” was made for another model.</source>
        <translation>方案“%1”是为另一个模型制定的。</translation>
    </message>
    <message>
        <source>Use the plan made for this model, or empty its model_sha256 to use it for any.</source>
        <translation>请使用该模型的方案；若要用于任意模型，请清空方案中的 model_sha256。</translation>
    </message>
    <message>
        <source>The target can&apos;t run what the plan wants for “%1”.</source>
        <translation>目标平台无法执行方案对“%1”的设置。</translation>
    </message>
    <message>
        <source>Choose what the target can run, or another target.</source>
        <translation>请选择目标平台支持的设置，或换一个目标平台。</translation>
    </message>
    <message>
        <source>The project file “%1” can&apos;t be read.</source>
        <translation>无法读取工程文件“%1”。</translation>
    </message>
    <message>
        <source>Open the model itself and save the project anew.</source>
        <translation>请直接打开模型，并重新保存工程。</translation>
    </message>
    <message>
        <source>The activation “%1” is NaN or infinite.</source>
        <translation>激活“%1”出现 NaN 或无穷大。</translation>
    </message>
    <message>
        <source>Check the preprocessing (mean, std, scale) first, then whether the float model itself gives finite numbers on this image.</source>
        <translation>请先检查预处理（均值、标准差、缩放），再确认浮点模型本身在这张图像上的输出是否为有限值。</translation>
    </message>
    <message>
        <source>“%1” can&apos;t be written.</source>
        <translation>无法写入“%1”。</translation>
    </message>
    <message>
        <source>Choose a folder that exists and may be written to.</source>
        <translation>请选择已存在且有写权限的文件夹。</translation>
    </message>
    <message>
        <source>The disk is full: “%1” could not be written.</source>
        <translation>磁盘已满：无法写入“%1”。</translation>
    </message>
    <message>
        <source>Make room, or choose a path on another disk.</source>
        <translation>请腾出空间，或选择其他磁盘上的路径。</translation>
    </message>
    <message>
        <source>The output “%1” is one of the inputs.</source>
        <translation>输出“%1”就是输入文件之一。</translation>
    </message>
    <message>
        <source>Choose another path: inputs are never overwritten.</source>
        <translation>请换一个路径：输入文件绝不会被覆盖。</translation>
    </message>
    <message>
        <source>“%1” can&apos;t be exported with the opset that was asked for.</source>
        <translation>无法以所要求的 opset 导出“%1”。</translation>
    </message>
    <message>
        <source>Ask for the model&apos;s own opset or a newer one, 21 at most, or for none at all.</source>
        <translation>请指定模型自身的 opset 或更新的版本（最高 21），或者不指定。</translation>
    </message>
    <message>
        <source>ONNX Runtime could not run “%1”.</source>
        <translation>ONNX Runtime 无法运行“%1”。</translation>
    </message>
    <message>
        <source>Read its message; often an operator or a shape of the model is not supported.</source>
        <translation>请查看其报错信息；常见原因是模型中的某个算子或形状不受支持。</translation>
    </message>
    <message>
        <source>The command line is wrong at “%1”.</source>
        <translation>命令行有误：“%1”。</translation>
    </message>
    <message>
        <source>quantwright-cli --help lists the commands, and COMMAND --help their options.</source>
        <translation>quantwright-cli --help 列出所有命令，“命令 --help”列出该命令的选项。</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>已取消。</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Opening</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Preparing</source>
        <translation>准备</translation>
    </message>
    <message>
        <source>Calibrating</source>
        <translation>校准</translation>
    </message>
    <message>
        <source>Choosing ranges</source>
        <translation>确定范围</translation>
    </message>
    <message>
        <source>Simulating</source>
        <translation>仿真</translation>
    </message>
    <message>
        <source>Analyzing</source>
        <translation>分析</translation>
    </message>
    <message>
        <source>Quantizing</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Evaluating</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>Target&apos;s default</source>
        <translation>目标平台默认</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Model-wide choice</source>
        <translation>全模型设置</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>This layer</source>
        <translation>本层</translation>
    </message>
    <message>
        <source>This tensor</source>
        <translation>本张量</translation>
    </message>
    <message>
        <source>Min/max</source>
        <translation>最小/最大值</translation>
    </message>
    <message>
        <source>Moving average</source>
        <translation>滑动平均</translation>
    </message>
    <message>
        <source>Percentile</source>
        <translation>百分位</translation>
    </message>
    <message>
        <source>KL divergence</source>
        <translation>KL 散度</translation>
    </message>
    <message>
        <source>Quantized</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>Chosen float</source>
        <translation>指定为浮点</translation>
    </message>
    <message>
        <source>Not on this target</source>
        <translation>目标平台不支持</translation>
    </message>
    <message>
        <source>Unknown operator</source>
        <translation>未知算子</translation>
    </message>
    <message>
        <source>Holds a subgraph</source>
        <translation>含子图</translation>
    </message>
    <message>
        <source>Not float32 data</source>
        <translation>非 float32 数据</translation>
    </message>
    <message>
        <source>Quantized already</source>
        <translation>已量化</translation>
    </message>
    <message>
        <source>No constant weight</source>
        <translation>权重非常量</translation>
    </message>
    <message>
        <source>Constant operand</source>
        <translation>操作数为常量</translation>
    </message>
    <message>
        <source>Nothing to gain</source>
        <translation>量化无益</translation>
    </message>
    <message>
        <source>Not calibrated</source>
        <translation>未校准</translation>
    </message>
    <message>
        <source>The layer is quantized.</source>
        <translation>该层已量化。</translation>
    </message>
    <message>
        <source>The plan keeps this layer float.</source>
        <translation>方案指定该层保持浮点。</translation>
    </message>
    <message>
        <source>The target has no integer form of this operator.</source>
        <translation>目标平台没有该算子的整数实现。</translation>
    </message>
    <message>
        <source>The operator or its domain is not known.</source>
        <translation>算子或其所属域未知。</translation>
    </message>
    <message>
        <source>If, Loop and Scan run subgraphs; they stay float.</source>
        <translation>If、Loop、Scan 会执行子图，保持浮点。</translation>
    </message>
    <message>
        <source>It works on data that are not float32.</source>
        <translation>它处理的数据不是 float32。</translation>
    </message>
    <message>
        <source>It is part of a quantized graph already.</source>
        <translation>它已属于量化图的一部分。</translation>
    </message>
    <message>
        <source>The target needs a constant weight here.</source>
        <translation>目标平台要求此处权重为常量。</translation>
    </message>
    <message>
        <source>One operand is a constant; the layer stays float beside its neighbours.</source>
        <translation>有一个操作数是常量；该层与相邻层一同保持浮点。</translation>
    </message>
    <message>
        <source>An input is float: quantizing it would only add conversions.</source>
        <translation>有输入为浮点：量化该层只会增加转换开销。</translation>
    </message>
    <message>
        <source>There are no statistics of its activations yet: calibrate first.</source>
        <translation>还没有该层激活的统计数据：请先校准。</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>模式</translation>
    </message>
    <message>
        <source>Activation format</source>
        <translation>激活格式</translation>
    </message>
    <message>
        <source>Activation scheme</source>
        <translation>激活方案</translation>
    </message>
    <message>
        <source>Activation granularity</source>
        <translation>激活粒度</translation>
    </message>
    <message>
        <source>Range method</source>
        <translation>阈值方法</translation>
    </message>
    <message>
        <source>Weight format</source>
        <translation>权重格式</translation>
    </message>
    <message>
        <source>Weight scheme</source>
        <translation>权重方案</translation>
    </message>
    <message>
        <source>Weight granularity</source>
        <translation>权重粒度</translation>
    </message>
    <message>
        <source>Weight storage</source>
        <translation>权重存储</translation>
    </message>
    <message>
        <source>Clip range</source>
        <translation>截断范围</translation>
    </message>
    <message>
        <source>Float</source>
        <translation>浮点</translation>
    </message>
    <message>
        <source>Symmetric</source>
        <translation>对称</translation>
    </message>
    <message>
        <source>Asymmetric</source>
        <translation>非对称</translation>
    </message>
    <message>
        <source>Per tensor</source>
        <translation>逐张量</translation>
    </message>
    <message>
        <source>Per channel</source>
        <translation>逐通道</translation>
    </message>
    <message>
        <source>Per group</source>
        <translation>逐组</translation>
    </message>
    <message>
        <source>“%1”: %5 can&apos;t run %2 = %3; %4 is used instead.</source>
        <translation>“%1”：%5 不支持将“%2”设为“%3”，已改用“%4”。</translation>
    </message>
    <message>
        <source>Choose %4 yourself, keep the layer float, or choose another target.</source>
        <translation>请直接选择“%4”、让该层保持浮点，或换一个目标平台。</translation>
    </message>
    <message>
        <source>The plan names a layer “%1” that this model does not have.</source>
        <translation>方案中的层“%1”在该模型中不存在。</translation>
    </message>
    <message>
        <source>Its settings have no effect. &quot;inspect&quot; lists the names of the layers.</source>
        <translation>其设置不起作用。可用 inspect 查看各层名称。</translation>
    </message>
    <message>
        <source>The plan names a tensor “%1” that this model does not have.</source>
        <translation>方案中的张量“%1”在该模型中不存在。</translation>
    </message>
    <message>
        <source>Its settings have no effect. &quot;calibrate&quot; lists the names of the tensors.</source>
        <translation>其设置不起作用。可用 calibrate 查看各张量名称。</translation>
    </message>
    <message>
        <source>No layer&apos;s name matches “%1”.</source>
        <translation>没有层的名称与“%1”匹配。</translation>
    </message>
    <message>
        <source>The choice has no effect. &quot;inspect&quot; lists the names of the layers.</source>
        <translation>该设置不起作用。可用 inspect 查看各层名称。</translation>
    </message>
    <message numerus="yes">
        <source>The weights of %n layer(s) are stored as uint8 with zero point 128: the same values, without loss.</source>
        <translation>
            <numerusform>%n 个层的权重以 uint8 存储，零点为 128：数值不变，没有损失。</numerusform>
        </translation>
    </message>
    <message>
        <source>On x86 CPUs without VNNI the int8 kernels of ONNX Runtime saturate their 16-bit sums and lose accuracy; the uint8 kernels do not. They take about 1.3 times as long. weight.storage = int8 stores int8.</source>
        <translation>在不支持 VNNI 的 x86 CPU 上，ONNX Runtime 的 int8 内核会在 16 位累加时饱和而损失精度；uint8 内核不会，耗时约为 1.3 倍。如需以 int8 存储，请设 weight.storage = int8。</translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s) or layer(s) can&apos;t be said in the file beside the model and are left out; the first is “%1”.</source>
        <translation>
            <numerusform>%n 个张量或层无法写入模型的附属文件，已略去；第一个是 “%1”。</numerusform>
        </translation>
    </message>
    <message>
        <source>It holds int8 with zero point 0 only, and names that its format allows. What is left out stays float on the device.</source>
        <translation>该文件只能表示零点为 0 的 int8，且名称须符合其格式。被略去的部分在设备上保持浮点。</translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s) that only the prepared graph has are not in the calibration cache.</source>
        <translation>
            <numerusform>校准缓存中未包含 %n 个仅存在于预处理后的图中的张量。</numerusform>
        </translation>
    </message>
    <message>
        <source>The cache goes with the float model and its tensor names.</source>
        <translation>缓存与浮点模型及其张量名配套使用。</translation>
    </message>
    <message>
        <source>The table names layers as the ONNX model does.</source>
        <translation>表中的层名沿用 ONNX 模型中的名称。</translation>
    </message>
    <message>
        <source>onnx2ncnn keeps those names, pnnx does not: give the converted .param file with --ncnn-param.</source>
        <translation>onnx2ncnn 会保留这些名称，pnnx 不会：请用 --ncnn-param 给出转换后的 .param 文件。</translation>
    </message>
    <message>
        <source>The layer “%1” is not in the .param file and is left out of the table.</source>
        <translation>.param 文件中没有层 “%1”，该层未写入表中。</translation>
    </message>
    <message>
        <source>The file may come from another model, or ncnn has another operator for the layer. It stays float on the device.</source>
        <translation>该文件可能来自另一个模型，或 ncnn 用其他算子实现该层。它在设备上保持浮点。</translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s) of the .param file were found by their place in the network: their names differ from the model&apos;s.</source>
        <translation>
            <numerusform>.param 文件中有 %n 层的名称与模型不同，已按其在网络中的位置对应。</numerusform>
        </translation>
    </message>
    <message>
        <source>Kinds, sizes and connections of all layers agree.</source>
        <translation>所有层的类型、尺寸与连接关系均一致。</translation>
    </message>
    <message>
        <source>The .param file keeps a BatchNorm behind “%1” (%2); the layer is left out of the table.</source>
        <translation>.param 文件在 “%1”（%2）之后保留了独立的 BatchNorm，该层未写入表中。</translation>
    </message>
    <message>
        <source>Its scales are those of the convolution with the BatchNormalization folded into it: run ncnnoptimize, then give the optimized .param file.</source>
        <translation>其缩放因子对应已折叠 BatchNormalization 的卷积：请先运行 ncnnoptimize，再给出优化后的 .param 文件。</translation>
    </message>
    <message numerus="yes">
        <source>%n convolution(s) of size 3 × 3 and stride 1 have 8-bit weights.</source>
        <translation>
            <numerusform>%n 个步长为 1 的 3 × 3 卷积使用 8 位权重。</numerusform>
        </translation>
    </message>
    <message>
        <source>ncnn&apos;s int8 Winograd kernels are made for 6 bits there. Switch Winograd off (Option::use_winograd_convolution) if the network loses accuracy on the device.</source>
        <translation>ncnn 的 int8 Winograd 内核在此处按 6 位设计。如果网络在设备上损失精度，请关闭 Winograd（Option::use_winograd_convolution）。</translation>
    </message>
    <message>
        <source>“%1” is no ncnn .param file, or can&apos;t be read.</source>
        <translation>“%1” 不是 ncnn 的 .param 文件，或无法读取。</translation>
    </message>
    <message>
        <source>Give the text file that came out of the conversion to ncnn; its first line is 7767517.</source>
        <translation>请给出转换为 ncnn 时得到的文本文件，其首行为 7767517。</translation>
    </message>
    <message>
        <source>the .param file</source>
        <translation>.param 文件</translation>
    </message>
    <message numerus="yes">
        <source>The weight scale of %n channel(s) was raised so that the int32 bias fits (layers concerned: %3).</source>
        <translation>
            <numerusform>为使 int32 偏置不溢出，放大了 %n 个通道的权重缩放因子（涉及 %3 层）。</numerusform>
        </translation>
    </message>
    <message>
        <source>Those channels have almost no weights but a bias; the effect on the result is in the figures already.</source>
        <translation>这些通道的权重几乎为零，但有偏置；其影响已计入各项指标。</translation>
    </message>
    <message numerus="yes">
        <source>%n quantized layer(s) are not said with integer operators and keep the form of a QDQ file: %4 (%3).</source>
        <translation>
            <numerusform>%n 个量化层未写成整数算子，保持 QDQ 文件中的形式：%4（%3）。</numerusform>
        </translation>
    </message>
    <message>
        <source>The results are the same, their arithmetic is float. For integers throughout, choose the mode static and 8-bit formats for them, or keep them float.</source>
        <translation>结果相同，但按浮点计算。若要全程整数运算，请为这些层选择静态模式和 8 位格式，或让它们保持浮点。</translation>
    </message>
    <message>
        <source>The option “%1” has no effect: %2.</source>
        <translation>选项“%1”不起作用：%2。</translation>
    </message>
    <message>
        <source>Leave it out, or choose the mode that it belongs to (--mode, --granularity).</source>
        <translation>请去掉该选项，或选择它所属的模式（--mode、--granularity）。</translation>
    </message>
    <message>
        <source>their codes have 16 or 4 bits, and the integer operators take 8</source>
        <translation>码值为 16 或 4 位，而整数算子只接受 8 位</translation>
    </message>
    <message>
        <source>ONNX Runtime has no integer operator for them</source>
        <translation>ONNX Runtime 没有对应的整数算子</translation>
    </message>
    <message>
        <source>no integer kernel takes their formats together, or their float result is read, too</source>
        <translation>没有整数内核支持这样的格式组合，或其浮点结果另被读取</translation>
    </message>
    <message>
        <source>they are quantized at run time (dynamic)</source>
        <translation>它们在运行时量化（动态）</translation>
    </message>
    <message>
        <source>their activations are float (weight-only)</source>
        <translation>它们的激活为浮点（仅权重）</translation>
    </message>
    <message>
        <source>they are FP16</source>
        <translation>它们为 FP16</translation>
    </message>
    <message>
        <source>no layer has activations with ranges from calibration (mode static)</source>
        <translation>没有层使用来自校准的激活范围（静态模式）</translation>
    </message>
    <message>
        <source>no layer has quantized weights</source>
        <translation>没有层的权重被量化</translation>
    </message>
    <message>
        <source>no matrix product has its weights in blocks (granularity group)</source>
        <translation>没有矩阵乘的权重按块量化（粒度 group）</translation>
    </message>
    <message>
        <source>there are no images or other data</source>
        <translation>没有图像或其他数据</translation>
    </message>
    <message>
        <source>The opset of “%1” is too old for what was chosen, and can&apos;t be raised.</source>
        <translation>“%1”的 opset 过旧，不支持所选的量化方式，且无法提升。</translation>
    </message>
    <message>
        <source>Export the network again with opset 13 or newer (opset_version of torch.onnx.export).</source>
        <translation>请用 opset 13 或更新的版本重新导出网络（torch.onnx.export 的 opset_version）。</translation>
    </message>
    <message>
        <source>Not one layer is quantized: the file written is the float model.</source>
        <translation>没有任何层被量化：写出的文件就是浮点模型。</translation>
    </message>
    <message>
        <source>&quot;inspect&quot; says of each layer why it stays float. Choose another target, or take back what keeps the layers float.</source>
        <translation>inspect 会说明每层保持浮点的原因。请换一个目标平台，或撤销让各层保持浮点的设置。</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <extracomment>A task, then the decoder that reads the outputs for it
----------
A sentence, then what a library said, in its own words</extracomment>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>MSE</source>
        <translation>MSE</translation>
    </message>
    <message>
        <source>Constant parts of the graph could not be computed beforehand: %2</source>
        <translation>计算图的常量部分未能预先计算：%2</translation>
    </message>
    <message>
        <source>They stay in the graph and stay float. Exporting the network with constant folding may help.</source>
        <translation>它们留在图中并保持浮点。导出网络时启用常量折叠可能会有帮助。</translation>
    </message>
    <message>
        <source>The model was raised from opset %2 to opset %3.</source>
        <translation>模型已从 opset %2 升级到 opset %3。</translation>
    </message>
    <message>
        <source>Scales per channel need it; the arithmetic stays the same.</source>
        <translation>逐通道的缩放因子需要较新的 opset；计算本身不变。</translation>
    </message>
    <message>
        <source>The file has IR version %2, newer than the %3 that ONNX Runtime reads; it was read as one of version %3.</source>
        <translation>文件的 IR 版本为 %2，高于 ONNX Runtime 支持的 %3；已按版本 %3 读取。</translation>
    </message>
    <message>
        <source>Files written from it say the oldest version that has what is in them, so that older runtimes load them too.</source>
        <translation>由它导出的文件会标注能容纳其内容的最低 IR 版本，较旧的运行时也能加载。</translation>
    </message>
    <message>
        <source>The model has opset %2, and this can&apos;t be said in opset 13: %3.</source>
        <translation>模型的 opset 为 %2，其中 %3 无法用 opset 13 表达。</translation>
    </message>
    <message>
        <source>It can be looked at and analyzed; to export it, export the network again with opset 13 or newer.</source>
        <translation>可以查看和分析；若要导出量化模型，请以 opset 13 或更新的版本重新导出网络。</translation>
    </message>
    <message>
        <source>The model brought it (QAT)</source>
        <translation>模型自带（QAT）</translation>
    </message>
    <message>
        <source>Histogram L2</source>
        <translation>直方图 L2</translation>
    </message>
    <message>
        <source>Float in the model</source>
        <translation>模型中为浮点</translation>
    </message>
    <message>
        <source>No weight</source>
        <translation>没有权重</translation>
    </message>
    <message>
        <source>Beyond FP16</source>
        <translation>超出 FP16 范围</translation>
    </message>
    <message>
        <source>No FP16 form</source>
        <translation>没有 FP16 形式</translation>
    </message>
    <message>
        <source>Holds infinities</source>
        <translation>含无穷大</translation>
    </message>
    <message>
        <source>A tensor it reads or writes holds infinities; no code stands for them.</source>
        <translation>它读取或写出的张量含有无穷大，没有任何码值可以表示。</translation>
    </message>
    <message>
        <source>“%2” holds infinities (%3 counted); “%1” is kept float.</source>
        <translation>“%2”含有无穷大（共 %3 个）；“%1”保持浮点。</translation>
    </message>
    <message>
        <source>An attention mask of -inf is meant so. Elsewhere look where the float model overflows.</source>
        <translation>值为 -inf 的注意力掩码本就如此；若在别处出现，请检查浮点模型在哪里溢出。</translation>
    </message>
    <message>
        <source>The model brings its own quantization and leaves this layer float.</source>
        <translation>模型自带量化参数，其中该层为浮点。</translation>
    </message>
    <message>
        <source>Dynamic and weight-only modes quantize layers with a constant weight alone.</source>
        <translation>动态和仅权重模式只量化带常量权重的层。</translation>
    </message>
    <message>
        <source>A weight or an activation is beyond 65504, the largest FP16 number.</source>
        <translation>有权重或激活值超出 FP16 的最大值 65504。</translation>
    </message>
    <message>
        <source>The operator has no FP16 form.</source>
        <translation>该算子没有 FP16 形式。</translation>
    </message>
    <message>
        <source>Computed in float32.</source>
        <translation>以 float32 计算。</translation>
    </message>
    <message>
        <source>Computed in integers; each run finds the activation&apos;s range itself. No images needed.</source>
        <translation>以整数计算，激活范围在每次运行时求得，无需图像。</translation>
    </message>
    <message>
        <source>Only the weights are codes; computed in float. No images needed.</source>
        <translation>仅权重存为整数码，以浮点计算，无需图像。</translation>
    </message>
    <message>
        <source>Computed in half precision. No images needed.</source>
        <translation>以半精度计算，无需图像。</translation>
    </message>
    <message>
        <source>“%1” stays float: a weight or an activation is beyond 65504, the largest FP16 number.</source>
        <translation>“%1”保持浮点：有权重或激活值超出 FP16 的最大值 65504。</translation>
    </message>
    <message>
        <source>The weights of “%1” hold NaN or infinity: their codes mean nothing.</source>
        <translation>“%1”的权重含有 NaN 或无穷大：量化后的码值没有意义。</translation>
    </message>
    <message>
        <source>The float model itself is damaged there: export it again, or keep the layer float.</source>
        <translation>浮点模型在此处本身已损坏：请重新导出模型，或让该层保持浮点。</translation>
    </message>
    <message>
        <source>FP16 would make it infinite. Keep the layer float, or quantize it to INT8 or INT16.</source>
        <translation>转成 FP16 会变为无穷大。请让该层保持浮点，或改用 INT8、INT16 量化。</translation>
    </message>
    <message>
        <source>Full</source>
        <translation>完整</translation>
    </message>
    <message>
        <source>Restricted</source>
        <translation>受限</translation>
    </message>
    <message>
        <source>Reduced</source>
        <translation>缩减</translation>
    </message>
    <message>
        <source>All codes: INT8 [-128, 127], UINT8 [0, 255].</source>
        <translation>使用全部码值：INT8 [-128, 127]，UINT8 [0, 255]。</translation>
    </message>
    <message>
        <source>Without the lowest code, the same on both sides: INT8 [-127, 127]. UINT8 stays full.</source>
        <translation>不用最小码值，正负对称：INT8 [-127, 127]；UINT8 仍用全部码值。</translation>
    </message>
    <message>
        <source>One bit less: INT8 [-64, 63], UINT8 [0, 127]. Sums of products can&apos;t saturate in 16 bits.</source>
        <translation>少用一位：INT8 [-64, 63]，UINT8 [0, 127]；乘积之和在 16 位内不会饱和。</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>任意</translation>
    </message>
    <message>
        <source>Power of 2</source>
        <translation>2 的幂</translation>
    </message>
    <message>
        <source>Raised to the next power of two: rescaling becomes a shift.</source>
        <translation>向上取到最近的 2 的幂：重新缩放只需移位。</translation>
    </message>
    <message>
        <source>Highest code</source>
        <translation>最大码值</translation>
    </message>
    <message>
        <source>Half the span</source>
        <translation>跨度之半</translation>
    </message>
    <message>
        <source>Half the codes</source>
        <translation>码数之半</translation>
    </message>
    <message>
        <source>Largest magnitude / 127 for INT8: ONNX Runtime, TensorRT, ncnn. Nothing is clipped.</source>
        <translation>INT8 时为最大绝对值 / 127：ONNX Runtime、TensorRT、ncnn 的做法，不截断任何值。</translation>
    </message>
    <message>
        <source>Static</source>
        <translation>静态</translation>
    </message>
    <message>
        <source>Dynamic</source>
        <translation>动态</translation>
    </message>
    <message>
        <source>Weights only</source>
        <translation>仅权重</translation>
    </message>
    <message>
        <source>FP16</source>
        <translation>FP16</translation>
    </message>
    <message>
        <source>Activations and weights as integers; ranges fixed by calibration.</source>
        <translation>激活和权重均为整数，范围由校准固定。</translation>
    </message>
    <message>
        <source>Weights as integers; each run finds the activation&apos;s range. No images.</source>
        <translation>权重为整数，激活范围在每次运行时求得，无需图像。</translation>
    </message>
    <message>
        <source>Smaller weights, arithmetic in float. No images.</source>
        <translation>只压缩权重，以浮点计算，无需图像。</translation>
    </message>
    <message>
        <source>Half precision: half the size, almost no error. No images.</source>
        <translation>半精度：体积减半，几乎没有误差，无需图像。</translation>
    </message>
    <message>
        <source>Convolutions: a scale per group. Others: a scale per block of weights.</source>
        <translation>卷积：每组一个缩放因子；其他：每块权重一个缩放因子。</translation>
    </message>
    <message>
        <source>Half to even</source>
        <translation>五成双</translation>
    </message>
    <message>
        <source>Half away</source>
        <translation>四舍五入</translation>
    </message>
    <message>
        <source>2.5 becomes 2, 3.5 becomes 4: IEEE 754, ONNX.</source>
        <translation>2.5 取 2，3.5 取 4：IEEE 754 与 ONNX 的规定。</translation>
    </message>
    <message>
        <source>2.5 becomes 3, -2.5 becomes -3: ncnn.</source>
        <translation>2.5 取 3，-2.5 取 -3：ncnn 的做法。</translation>
    </message>
    <message>
        <source>From the smallest to the largest value of all images.</source>
        <translation>取所有图像的最小值到最大值。</translation>
    </message>
    <message>
        <source>Ends averaged over the images, each new one with weight 0.01 (PyTorch).</source>
        <translation>端点在图像间取滑动平均，新图像权重 0.01（PyTorch）。</translation>
    </message>
    <message>
        <source>The narrowest range that holds this share of the values.</source>
        <translation>包含这一比例数值的最窄范围。</translation>
    </message>
    <message>
        <source>The range with the least expected squared error.</source>
        <translation>期望平方误差最小的范围。</translation>
    </message>
    <message>
        <source>The range whose codes keep most of the distribution (TensorRT&apos;s entropy).</source>
        <translation>量化后分布信息损失最小的范围（TensorRT 的熵校准）。</translation>
    </message>
    <message>
        <source>PyTorch&apos;s HistogramObserver: least squared error over 2048 bins.</source>
        <translation>PyTorch 的 HistogramObserver：2048 个区间上平方误差最小。</translation>
    </message>
    <message>
        <source>Activation codes</source>
        <translation>激活码值范围</translation>
    </message>
    <message>
        <source>Activation scale</source>
        <translation>激活缩放约束</translation>
    </message>
    <message>
        <source>Activation divisor</source>
        <translation>激活对称除数</translation>
    </message>
    <message>
        <source>Weight block size</source>
        <translation>权重分块大小</translation>
    </message>
    <message>
        <source>Weight codes</source>
        <translation>权重码值范围</translation>
    </message>
    <message>
        <source>Weight scale</source>
        <translation>权重缩放约束</translation>
    </message>
    <message>
        <source>Weight divisor</source>
        <translation>权重对称除数</translation>
    </message>
    <message>
        <source>Rounding</source>
        <translation>舍入</translation>
    </message>
    <message>
        <source>what the target says</source>
        <translation>按目标的默认设置</translation>
    </message>
    <message>
        <source>PyTorch on x86: histogram ranges, 7-bit activations, weights per channel</source>
        <translation>PyTorch x86：直方图范围，7 位激活，权重逐通道</translation>
    </message>
    <message>
        <source>PyTorch on ARM: histogram ranges, weights per tensor</source>
        <translation>PyTorch ARM：直方图范围，权重逐张量</translation>
    </message>
    <message>
        <source>PyTorch&apos;s default: min/max ranges, 7-bit activations, weights per tensor</source>
        <translation>PyTorch 默认：最小/最大值范围，7 位激活，权重逐张量</translation>
    </message>
    <message>
        <source>as xslim: min/max ranges, INT8, weights divided by 127.5</source>
        <translation>同 xslim：最小/最大值范围，INT8，权重除以 127.5</translation>
    </message>
    <message>
        <source>entropy ranges, symmetric INT8, weights per channel</source>
        <translation>熵校准范围，对称 INT8，权重逐通道</translation>
    </message>
    <message>
        <source>entropy ranges, symmetric [-127, 127], rounds half away from zero</source>
        <translation>熵校准范围，对称 [-127, 127]，四舍五入</translation>
    </message>
    <message>
        <source>Largest magnitude / 127.5 for full INT8: PyTorch, xslim. The largest value loses half a step.</source>
        <translation>完整 INT8 时为最大绝对值 / 127.5：PyTorch、xslim 的做法，最大值损失半个步长。</translation>
    </message>
    <message>
        <source>Largest magnitude / 128 for full INT8: textbooks. The largest positive value loses a step.</source>
        <translation>完整 INT8 时为最大绝对值 / 128：教科书的做法，最大正值损失一个步长。</translation>
    </message>
    <message>
        <source>the xslim file</source>
        <translation>xslim 文件</translation>
    </message>
    <message>
        <source>The xslim file “%1” can&apos;t be used.</source>
        <translation>无法使用 xslim 文件“%1”。</translation>
    </message>
    <message>
        <source>It has to be JSON with xslim&apos;s keys and values; docs/formats.md lists them.</source>
        <translation>它必须是带有 xslim 键和值的 JSON；docs/formats.md 中有列表。</translation>
    </message>
    <message>
        <source>“%1” names no calibration data, and this precision level needs some.</source>
        <translation>“%1”没有指定校准数据，而这个精度级别需要它。</translation>
    </message>
    <message>
        <source>Set data_list_path for every input, or give --images. Nothing is calibrated on zeros.</source>
        <translation>为每个输入设置 data_list_path，或给出 --images。绝不会用零来校准。</translation>
    </message>
    <message>
        <source>“%1” is Python code; this program does not run it.</source>
        <translation>“%1”是 Python 代码；本程序不会运行它。</translation>
    </message>
    <message>
        <source>Run the function once, save what it returns as .npy files and set file_type to npy; or set PT_IMAGENET or IMAGENET; or give --images and --preprocess.</source>
        <translation>先运行一次该函数，把返回值保存为 .npy 文件并把 file_type 设为 npy；或设为 PT_IMAGENET 或 IMAGENET；或给出 --images 和 --preprocess。</translation>
    </message>
    <message>
        <source>“%1” is no key that xslim or this program knows.</source>
        <translation>“%1”不是 xslim 或本程序认识的键。</translation>
    </message>
    <message>
        <source>It has no effect: check the spelling.</source>
        <translation>它不起作用：请检查拼写。</translation>
    </message>
    <message>
        <source>“%1” has no effect here.</source>
        <translation>“%1”在这里不起作用。</translation>
    </message>
    <message>
        <source>docs/formats.md says which keys are used at which precision level.</source>
        <translation>docs/formats.md 说明了各精度级别使用哪些键。</translation>
    </message>
    <message>
        <source>“%1”: %2 is used instead.</source>
        <translation>“%1”：改用 %2。</translation>
    </message>
    <message>
        <source>The model&apos;s input takes nothing else.</source>
        <translation>模型的输入只接受这个。</translation>
    </message>
    <message>
        <source>The calibration lists have up to %2 files; only the first %3 are used.</source>
        <translation>校准列表最多有 %2 个文件；只使用前 %3 个。</translation>
    </message>
    <message>
        <source>The shortest list counts, as for xslim. Give every input as many files.</source>
        <translation>与 xslim 一样，以最短的列表为准。请为每个输入提供同样多的文件。</translation>
    </message>
    <message>
        <source>“%1 = default” is a search of xslim&apos;s own; the threshold method %2 is used.</source>
        <translation>“%1 = default”是 xslim 自己的搜索；改用阈值方法 %2。</translation>
    </message>
    <message>
        <source>It looks for the smallest error too. minmax, percentile, kl and mse mean the same in both programs.</source>
        <translation>它同样寻找最小的误差。minmax、percentile、kl 和 mse 在两个程序中含义相同。</translation>
    </message>
    <message>
        <source>“%1” can&apos;t be converted without the model.</source>
        <translation>没有模型就无法转换“%1”。</translation>
    </message>
    <message>
        <source>Give the model: the names have to be found in its graph.</source>
        <translation>请给出模型：这些名称要在它的图中查找。</translation>
    </message>
    <message>
        <source>The xslim file names a tensor “%1” that the prepared model does not have.</source>
        <translation>xslim 文件中的张量“%1”在准备后的模型中不存在。</translation>
    </message>
    <message>
        <source>It has no effect. &quot;inspect&quot; lists the layers with their outputs.</source>
        <translation>它不起作用。“inspect”会列出各层及其输出。</translation>
    </message>
    <message>
        <source>The xslim file names a node “%1” that the model does not have.</source>
        <translation>xslim 文件中的节点“%1”在模型中不存在。</translation>
    </message>
    <message>
        <source>It has no effect. &quot;inspect&quot; lists the layers with their nodes.</source>
        <translation>它不起作用。“inspect”会列出各层及其节点。</translation>
    </message>
    <message>
        <source>The model has no layer with the operator “%1”.</source>
        <translation>模型中没有算子为“%1”的层。</translation>
    </message>
    <message>
        <source>The entry has no effect.</source>
        <translation>该条目不起作用。</translation>
    </message>
    <message>
        <source>“%1” covers no layer.</source>
        <translation>“%1”不包含任何层。</translation>
    </message>
    <message>
        <source>No way leads from its input_names to its output_names.</source>
        <translation>从它的 input_names 到 output_names 没有路径。</translation>
    </message>
    <message>
        <source>The node “%1” runs as part of the layer %2.</source>
        <translation>节点“%1”作为层 %2 的一部分运行。</translation>
    </message>
    <message>
        <source>The whole layer stays float.</source>
        <translation>整个层保持浮点。</translation>
    </message>
    <message>
        <source>“%1 = %2”: the file written has opset %3.</source>
        <translation>“%1 = %2”：写出的文件为 opset %3。</translation>
    </message>
    <message>
        <source>The opset is raised only as far as a choice needs, and never lowered below the model&apos;s own.</source>
        <translation>opset 只按选择的需要提高，绝不会低于模型自身的版本。</translation>
    </message>
    <message>
        <source>xslim has no word for “%1”: %2 = %3. It is left out.</source>
        <translation>xslim 无法表达“%1”：%2 = %3，已略去。</translation>
    </message>
    <message>
        <source>xslim will do what it always does there. Keep the plan file.</source>
        <translation>xslim 在这里会按它一贯的做法处理。请保留方案文件。</translation>
    </message>
    <message>
        <source>The mode %2 becomes precision_level %3, the nearest that xslim has.</source>
        <translation>模式 %2 变为 precision_level %3，这是 xslim 中最接近的。</translation>
    </message>
    <message>
        <source>At that level xslim quantizes the activations of MatMul at run time, and only the weights of other operators.</source>
        <translation>在该级别，xslim 在运行时量化 MatMul 的激活，其他算子只量化权重。</translation>
    </message>
    <message>
        <source>“%1” was written out layer by layer.</source>
        <translation>“%1”已逐层写出。</translation>
    </message>
    <message>
        <source>xslim has no rules by name or position; the layers are the same.</source>
        <translation>xslim 没有按名称或位置的规则；涉及的层相同。</translation>
    </message>
    <message>
        <source>“%1”: %2 = %3 is what SpacemiT K1 gets anyway.</source>
        <translation>“%1”：%2 = %3，SpacemiT K1 本来就是这样。</translation>
    </message>
    <message>
        <source>It need not be said, and converting back leaves it out.</source>
        <translation>无需写出，转换回来时会略去。</translation>
    </message>
    <message>
        <source>The calibration images are no part of a plan.</source>
        <translation>校准图像不属于方案。</translation>
    </message>
    <message>
        <source>Add %1 to the file before you give it to xslim.</source>
        <translation>把文件交给 xslim 之前，请加入 %1。</translation>
    </message>
    <message>
        <source>“%1” is no part of a plan: it is left out.</source>
        <translation>“%1”不属于方案，已略去。</translation>
    </message>
    <message>
        <source>&quot;quantize --config&quot; uses it.</source>
        <translation>“quantize --config”会使用它。</translation>
    </message>
    <message>
        <source>Its figures show which layers round most, not how accurate the model is. Give --images to measure that.</source>
        <translation>这些数值说明哪些层的舍入最大，不说明模型的精度。要测量精度，请给出 --images。</translation>
    </message>
    <message>
        <source>PyTorch&apos;s fake quantizers have no %2 = %3; %4 is used instead.</source>
        <translation>PyTorch 的伪量化器没有 %2 = %3；改用 %4。</translation>
    </message>
    <message>
        <source>The exported model still gets what the plan says.</source>
        <translation>导出的模型仍按方案处理。</translation>
    </message>
    <message>
        <source>The name of “%1” does not tell which module it belongs to.</source>
        <translation>从“%1”的名称看不出它属于哪个模块。</translation>
    </message>
    <message>
        <source>It is not in the script. torch.onnx.export of PyTorch 1.13 and newer writes names such as /blocks.0/depthwise/Conv.</source>
        <translation>脚本中没有它。PyTorch 1.13 及更新版本的 torch.onnx.export 会写出 /blocks.0/depthwise/Conv 这样的名称。</translation>
    </message>
    <message numerus="yes">
        <source>There are no images: the analysis ran on %n random input(s), normally distributed.</source>
        <translation>
            <numerusform>没有图像：分析使用了 %n 个服从正态分布的随机输入。</numerusform>
        </translation>
    </message>
    <message>
        <source>Computed in integers, ranges fixed beforehand.</source>
        <translation>以整数计算，范围事先固定。</translation>
    </message>
    <message>
        <source>“%1” is no address of a board.</source>
        <translation>“%1”不是有效的开发板地址。</translation>
    </message>
    <message>
        <source>No address is known for “%1”.</source>
        <translation>无法解析“%1”的地址。</translation>
    </message>
    <message>
        <source>“%1” can&apos;t be reached.</source>
        <translation>无法连通“%1”。</translation>
    </message>
    <message>
        <source>“%1” refuses the connection: no SSH server listens on that port.</source>
        <translation>“%1”拒绝连接：该端口上没有 SSH 服务。</translation>
    </message>
    <message>
        <source>“%1” does not answer.</source>
        <translation>“%1”没有响应。</translation>
    </message>
    <message>
        <source>What answers at “%1” is no SSH server.</source>
        <translation>“%1”上应答的不是 SSH 服务。</translation>
    </message>
    <message>
        <source>The host key of “%1” is not known yet.</source>
        <translation>尚不认识“%1”的主机密钥。</translation>
    </message>
    <message>
        <source>The host key of “%1” has CHANGED: another machine may be answering in its place.</source>
        <translation>“%1”的主机密钥已改变：应答的可能是另一台机器！</translation>
    </message>
    <message>
        <source>“%1” refuses the login.</source>
        <translation>“%1”拒绝登录。</translation>
    </message>
    <message>
        <source>The key “%1” can&apos;t be read.</source>
        <translation>无法读取密钥“%1”。</translation>
    </message>
    <message>
        <source>The connection to “%1” was lost.</source>
        <translation>与“%1”的连接中断。</translation>
    </message>
    <message>
        <source>“%1” has no SFTP.</source>
        <translation>“%1”不支持 SFTP。</translation>
    </message>
    <message>
        <source>The board has no room for “%1”.</source>
        <translation>开发板空间不足，放不下“%1”。</translation>
    </message>
    <message>
        <source>“%1” on the board can&apos;t be written.</source>
        <translation>开发板上的“%1”无法写入。</translation>
    </message>
    <message>
        <source>“%1” is not on the board any more.</source>
        <translation>开发板上的“%1”已不存在。</translation>
    </message>
    <message>
        <source>“%1” changed while it was being sent to the board.</source>
        <translation>“%1”在发送到开发板的过程中发生了变化。</translation>
    </message>
    <message>
        <source>Try again when the file is complete.</source>
        <translation>请在文件完整后重试。</translation>
    </message>
    <message>
        <source>“%1” sent an answer that makes no sense.</source>
        <translation>“%1”的应答无法理解。</translation>
    </message>
    <message>
        <source>There is no agent for “%1”.</source>
        <translation>没有适用于“%1”的代理程序。</translation>
    </message>
    <message>
        <source>The agent on “%1” ended unexpectedly.</source>
        <translation>“%1”上的代理程序意外退出。</translation>
    </message>
    <message>
        <source>“%1” has no ONNX Runtime.</source>
        <translation>“%1”上没有 ONNX Runtime。</translation>
    </message>
    <message>
        <source>The ONNX Runtime of “%1” is too old.</source>
        <translation>“%1”上的 ONNX Runtime 太旧。</translation>
    </message>
    <message>
        <source>The board&apos;s ONNX Runtime does not know the opset of “%1”.</source>
        <translation>开发板上的 ONNX Runtime 不支持“%1”的 opset。</translation>
    </message>
    <message>
        <source>The board&apos;s runtime refuses “%1”.</source>
        <translation>开发板上的运行时拒绝了“%1”。</translation>
    </message>
    <message>
        <source>“%1” hung up: the ssh-agent offered too many keys before the right one.</source>
        <translation>“%1”断开了连接：SSH 代理在正确的密钥之前提供了过多密钥。</translation>
    </message>
    <message>
        <source>Name the key that the board knows, or take others out of the agent: ssh-add -d.</source>
        <translation>请指定开发板认识的私钥，或从代理中移除其他密钥：ssh-add -d。</translation>
    </message>
    <message>
        <source>The ssh-agent “%1” does not answer.</source>
        <translation>SSH 代理“%1”没有应答。</translation>
    </message>
    <message>
        <source>Answer its question if it shows one; otherwise name the key, or start the agent anew.</source>
        <translation>若它弹出询问，请作答；否则请指定私钥，或重新启动代理。</translation>
    </message>
    <message>
        <source>the ssh-agent</source>
        <translation>SSH 代理</translation>
    </message>
    <message>
        <source>The board&apos;s ONNX Runtime can&apos;t run the operator “%1”.</source>
        <translation>开发板上的 ONNX Runtime 无法运行算子“%1”。</translation>
    </message>
    <message>
        <source>Install a newer ONNX Runtime on the board, or quantize in another form; its words are in the detail.</source>
        <translation>请在开发板上安装较新的 ONNX Runtime，或换一种量化形式；其原话见详细信息。</translation>
    </message>
    <message>
        <source>The execution provider “%1” of the board can&apos;t be used.</source>
        <translation>无法使用开发板的执行提供程序“%1”。</translation>
    </message>
    <message>
        <source>Measure without it, or install the vendor&apos;s packages on the board again.</source>
        <translation>请不使用它进行测量，或在开发板上重新安装厂商软件包。</translation>
    </message>
    <message>
        <source>The board does not have the processor cores “%1”.</source>
        <translation>开发板没有处理器核心“%1”。</translation>
    </message>
    <message>
        <source>Choose among its cores, or none: the system then chooses.</source>
        <translation>请从它的核心中选择，或不指定：由系统选择。</translation>
    </message>
    <message>
        <source>The board&apos;s execution provider can&apos;t be loaded: %2</source>
        <translation>无法加载开发板的执行提供程序：%2</translation>
    </message>
    <message>
        <source>Everything runs on the processor alone. Install the vendor&apos;s packages on the board again.</source>
        <translation>全部在处理器上运行。请在开发板上重新安装厂商软件包。</translation>
    </message>
    <message>
        <source>The board is out of memory for “%1”.</source>
        <translation>开发板内存不足，无法运行“%1”。</translation>
    </message>
    <message>
        <source>The list of boards “%1” can&apos;t be read.</source>
        <translation>无法读取开发板列表“%1”。</translation>
    </message>
    <message>
        <source>Mend the file, or move it away to begin a new list. It is left as it is until then.</source>
        <translation>请修复该文件，或将其移走以新建列表；在此之前文件保持原样。</translation>
    </message>
    <message>
        <source>the list of boards</source>
        <translation>开发板列表</translation>
    </message>
    <message>
        <source>No board can be kept under the name “%1”.</source>
        <translation>不能用“%1”作为开发板的名称。</translation>
    </message>
    <message>
        <source>Choose one line of at most 80 characters that is no other board&apos;s name.</source>
        <translation>请使用不超过 80 个字符的单行名称，且不能与其他开发板重名。</translation>
    </message>
    <message>
        <source>Write host, user@host or user@host:port; an IPv6 address with a port stands in brackets.</source>
        <translation>格式为 host、user@host 或 user@host:port；带端口的 IPv6 地址需加方括号。</translation>
    </message>
    <message>
        <source>Check the name, or give the IP address: “ip addr” on the board shows it.</source>
        <translation>请检查名称，或直接填写 IP 地址（在板上运行 ip addr 可以查看）。</translation>
    </message>
    <message>
        <source>Check that the board is on and on this network: “ping” should answer.</source>
        <translation>请确认开发板已开机，并与本机在同一网络（可用 ping 测试）。</translation>
    </message>
    <message>
        <source>On the board: sudo systemctl enable --now ssh. Or give the right port.</source>
        <translation>请在板上运行 sudo systemctl enable --now ssh，或填写正确的端口。</translation>
    </message>
    <message>
        <source>Check the network, restart the board if it hangs, then try again: what was sent already is kept.</source>
        <translation>请检查网络；若开发板已死机请重启后重试，已上传的部分会保留。</translation>
    </message>
    <message>
        <source>Give the port of the board&apos;s SSH server, usually 22.</source>
        <translation>请填写开发板 SSH 服务的端口，通常为 22。</translation>
    </message>
    <message>
        <source>Compare the fingerprint with the board&apos;s own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then accept it: --accept-new.</source>
        <translation>请与板上的指纹核对（ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub），然后用 --accept-new 接受。</translation>
    </message>
    <message>
        <source>Nothing was sent. If the board was set up anew, remove the old key with ssh-keygen -R HOST and connect again.</source>
        <translation>没有发送任何数据。若开发板重装过系统，请用 ssh-keygen -R HOST 删除旧密钥后重新连接。</translation>
    </message>
    <message>
        <source>Check user and password, or install a key with ssh-copy-id.</source>
        <translation>请检查用户名和密码，或用 ssh-copy-id 安装密钥。</translation>
    </message>
    <message>
        <source>Check the path; if the key is encrypted, its passphrase.</source>
        <translation>请检查路径；若密钥已加密，请检查其口令。</translation>
    </message>
    <message>
        <source>Connect again: an upload goes on where it was.</source>
        <translation>请重新连接：上传会从中断处继续。</translation>
    </message>
    <message>
        <source>On the board: sudo apt install openssh-sftp-server.</source>
        <translation>请在板上运行 sudo apt install openssh-sftp-server。</translation>
    </message>
    <message>
        <source>Make room on the board (df -h ~ shows it) and try again.</source>
        <translation>请在板上清理空间（df -h ~ 可查看）后重试。</translation>
    </message>
    <message>
        <source>Check the rights of ~/.cache on the board, and that its disk is not mounted read-only.</source>
        <translation>请检查板上 ~/.cache 的权限，以及磁盘是否以只读方式挂载。</translation>
    </message>
    <message>
        <source>Try again: it is sent anew.</source>
        <translation>请重试：文件会重新上传。</translation>
    </message>
    <message>
        <source>Start files of the shell on the board must not print anything; otherwise see the detail.</source>
        <translation>板上 shell 的启动文件不应输出任何内容；其他情况见详细信息。</translation>
    </message>
    <message>
        <source>Agents are built for riscv64, aarch64 and x86_64 where the compilers are installed: packaging/setup.</source>
        <translation>安装交叉编译器后可构建 riscv64、aarch64 和 x86_64 版本：packaging/setup。</translation>
    </message>
    <message>
        <source>See the detail. Signal 9 is often want of memory; if the provider aborted, measure without it.</source>
        <translation>见详细信息。信号 9 往往是内存不足；若是执行提供程序中止，可不使用它再测。</translation>
    </message>
    <message>
        <source>Bianbu: sudo apt install spacemit-onnxruntime. Debian 13: sudo apt install libonnxruntime1.21. Or name the library.</source>
        <translation>Bianbu：sudo apt install spacemit-onnxruntime；Debian 13：sudo apt install libonnxruntime1.21；或指定库文件的路径。</translation>
    </message>
    <message>
        <source>1.14 or newer is needed. Bianbu: sudo apt install --only-upgrade spacemit-onnxruntime.</source>
        <translation>需要 1.14 或更新的版本。Bianbu：sudo apt install --only-upgrade spacemit-onnxruntime。</translation>
    </message>
    <message>
        <source>Quantize with --opset-max, or install a newer ONNX Runtime on the board.</source>
        <translation>请用 --opset-max 重新量化，或在板上安装更新的 ONNX Runtime。</translation>
    </message>
    <message>
        <source>Read its message; often it lacks an operator: install a newer one, or quantize in another form.</source>
        <translation>请看其报错信息；通常是缺少某个算子：安装更新的版本，或换一种量化形式。</translation>
    </message>
    <message>
        <source>End other programs on the board, or use a smaller model.</source>
        <translation>请结束板上的其他程序，或使用更小的模型。</translation>
    </message>
    <message>
        <source>the board</source>
        <translation>开发板</translation>
    </message>
    <message>
        <source>Checking the board</source>
        <translation>检查开发板</translation>
    </message>
    <message>
        <source>Waiting for the board</source>
        <translation>等待开发板空闲</translation>
    </message>
    <message>
        <source>Uploading</source>
        <translation>上传</translation>
    </message>
    <message>
        <source>Measuring on the board</source>
        <translation>在板上测速</translation>
    </message>
    <message>
        <source>Profiling on the board</source>
        <translation>在板上逐层分析</translation>
    </message>
    <message>
        <source>Running on the board</source>
        <translation>在板上运行</translation>
    </message>
    <message>
        <source>The record of past deployments “%1” can&apos;t be read or written.</source>
        <translation>无法读写部署记录“%1”。</translation>
    </message>
    <message>
        <source>Check the rights of its folder. The deployment itself is done.</source>
        <translation>请检查其文件夹的权限。部署本身已完成。</translation>
    </message>
    <message>
        <source>the record of past deployments</source>
        <translation>部署记录</translation>
    </message>
    <message>
        <source>The network is to be truncated at “%1”, a tensor that it does not have.</source>
        <translation>要在“%1”处截断网络，但网络里没有这个张量。</translation>
    </message>
    <message>
        <source>In brackets are the most similar names that the model has; Netron shows all of them.</source>
        <translation>括号里是模型中最相近的名称；用 Netron 可以看到全部名称。</translation>
    </message>
    <message>
        <source>Truncation</source>
        <translation>截断</translation>
    </message>
    <message>
        <source>Similar names in this model: %2</source>
        <translation>此模型中相近的名称：%2</translation>
    </message>
    <message numerus="yes">
        <source>The network is truncated at %3: %n layer(s) that these tensors don&apos;t need stay float (%4 % of the multiplications).</source>
        <translation>
            <numerusform>网络在 %3 处截断：计算这些张量用不到的 %n 层保持浮点（占乘法运算的 %4 %）。</numerusform>
        </translation>
    </message>
    <message>
        <source>The file still computes the model&apos;s own outputs. Without the truncation (Model › Don&apos;t truncate, &quot;truncate&quot; in the plan) these layers are quantized too.</source>
        <translation>写出的文件仍然计算模型原来的输出。去掉截断（模型 › 取消截断，或方案中的“truncate”）后，这些层也会量化。</translation>
    </message>
    <message>
        <source>“%1” was found as %2.</source>
        <translation>“%1”：找到的是 %2。</translation>
    </message>
    <message>
        <source>xslim looks for it in the current directory alone; here the file&apos;s own folder counts, too.</source>
        <translation>xslim 只在当前目录里找；本程序也在该文件所在的文件夹里找。</translation>
    </message>
    <message>
        <source>The model takes %2 samples at a time; of %3 samples the last %4 don&apos;t fill a batch.</source>
        <translation>模型每次输入 %2 个样本；%3 个样本中最后 %4 个凑不满一个批次。</translation>
    </message>
    <message>
        <source>The batch is filled up with its last sample; what fills it up is in no figure.</source>
        <translation>该批次用其最后一个样本补满；补上的样本不计入任何指标。</translation>
    </message>
    <message>
        <source>There are %2 class folders, and the model tells %3 classes apart: labels that count the folders in sorted order are probably wrong.</source>
        <translation>类别文件夹有 %2 个，而模型区分 %3 个类别：按排序后的文件夹编号得到的标签很可能不对。</translation>
    </message>
    <message>
        <source>Give --labels FILE, or --classes FILE with the classes&apos; names in the model&apos;s order, or name the folders by the classes&apos; numbers.</source>
        <translation>请给出 --labels FILE，或用 --classes FILE 按模型的顺序给出类别名称，或以类别序号命名文件夹。</translation>
    </message>
    <message>
        <source>The images are of %2 of the model&apos;s %3 classes.</source>
        <translation>这些图像只涵盖模型 %3 个类别中的 %2 个。</translation>
    </message>
    <message>
        <source>The accuracy is that of these classes. If the folders&apos; numbers or names are no classes of the model, give --labels FILE or --classes FILE.</source>
        <translation>精度只针对这些类别。如果文件夹的数字或名称不是模型的类别，请给出 --labels FILE 或 --classes FILE。</translation>
    </message>
    <message>
        <source>The labels of %2 images are beyond the model&apos;s %4 classes (the largest is %3): they count as wrong.</source>
        <translation>%2 张图像的标签超出了模型的 %4 个类别（最大为 %3）：按错误计。</translation>
    </message>
    <message>
        <source>Classes count from 0. Give the labels that the model was trained with, by --labels FILE or --classes FILE.</source>
        <translation>类别从 0 开始编号。请用 --labels FILE 或 --classes FILE 给出训练模型时使用的标签。</translation>
    </message>
    <message>
        <source>%2 names of labels or folders are not among the class names; the first is “%3”.</source>
        <translation>有 %2 个标签或文件夹名称不在类别名称之中；第一个是“%3”。</translation>
    </message>
    <message>
        <source>Their images have no label. Compare the names with the file of --classes.</source>
        <translation>相应的图像没有标签。请与 --classes 文件中的名称核对。</translation>
    </message>
    <message>
        <source>ONNX Runtime does not run “%1”; no file was written.</source>
        <translation>ONNX Runtime 无法运行“%1”，未写出文件。</translation>
    </message>
    <message>
        <source>Keep the layers float that the message names, or choose another mode or a lower opset for the file (--opset-max).</source>
        <translation>请将消息中列出的层保持浮点，或改用其他模式，或降低文件的 opset（--opset-max）。</translation>
    </message>
    <message>
        <source>The file could not be loaded and run to check it: “%1”.</source>
        <translation>无法加载并试运行文件以进行检查：“%1”。</translation>
    </message>
    <message>
        <source>quantwright-checker, which does it, must lie beside the program or in its libexec folder: install the program again. The folder for temporary files needs room.</source>
        <translation>负责检查的 quantwright-checker 必须位于程序旁边或其 libexec 目录中，请重新安装程序。临时文件目录也需要足够的空间。</translation>
    </message>
    <message>
        <source>Checking the file</source>
        <translation>正在检查文件</translation>
    </message>
    <message>
        <source>Doesn&apos;t run quantized</source>
        <translation>量化后无法运行</translation>
    </message>
    <message>
        <source>With this layer quantized ONNX Runtime does not load or run the file.</source>
        <translation>量化此层后，ONNX Runtime 无法加载或运行该文件。</translation>
    </message>
    <message>
        <source>“%1” is kept float: with it quantized ONNX Runtime does not run the file. It says: %2</source>
        <translation>“%1”保持浮点：量化该层后 ONNX Runtime 无法运行文件，报错为：%2</translation>
    </message>
    <message>
        <source>Nothing has to be done: file, plan and figures agree. Another mode or format of the layer may run.</source>
        <translation>无需处理：文件、方案与各项指标一致。该层改用其他模式或格式也许可以运行。</translation>
    </message>
    <message>
        <source>The file was not run to check it: the model has operators that ONNX Runtime does not know.</source>
        <translation>未试运行文件进行检查：模型含有 ONNX Runtime 不认识的算子。</translation>
    </message>
    <message>
        <source>Try it where those operators are.</source>
        <translation>请在具备这些算子的环境中试运行。</translation>
    </message>
    <message>
        <source>Proposed for the decode tail; a choice for this layer takes it back</source>
        <translation>为解码尾部建议的设置；对该层单独设置即可撤销</translation>
    </message>
    <message>
        <source>Proposed: shared scale</source>
        <translation>建议浮点：共用缩放因子</translation>
    </message>
    <message>
        <source>Proposed: is ranked</source>
        <translation>建议浮点：结果用于排序</translation>
    </message>
    <message>
        <source>Proposed: decodes boxes</source>
        <translation>建议浮点：解码检测框</translation>
    </message>
    <message>
        <source>Proposed: makes scores</source>
        <translation>建议浮点：生成得分</translation>
    </message>
    <message>
        <source>Proposed float: outputs with very unlike ranges, such as boxes and scores, are joined here or behind it and would share one scale. Choose static to quantize it all the same.</source>
        <translation>建议保持浮点：检测框与得分等范围相差很大的输出在此处或其后拼接，将共用一个缩放因子。仍要量化请选择“静态”。</translation>
    </message>
    <message>
        <source>Proposed float: what it computes is ranked (TopK, NonMaxSuppression), and equal codes lose the order. Choose static to quantize it all the same.</source>
        <translation>建议保持浮点：其结果用于排序（TopK、NonMaxSuppression），量化成相同的值会丢失次序。仍要量化请选择“静态”。</translation>
    </message>
    <message>
        <source>Proposed float: it belongs to the arithmetic that decodes boxes (exponentials, grids, means of distributions). Choose static to quantize it all the same.</source>
        <translation>建议保持浮点：它属于解码检测框的运算（指数、网格、分布均值）。仍要量化请选择“静态”。</translation>
    </message>
    <message>
        <source>Proposed float: it makes scores, and scores better than those of the calibration images would be cut off. Choose static to quantize it all the same.</source>
        <translation>建议保持浮点：它生成得分，高于校准图像的得分会被截断。仍要量化请选择“静态”。</translation>
    </message>
    <message>
        <source>output “%1”</source>
        <translation>输出“%1”</translation>
    </message>
    <message>
        <source>“%1” in the output “%2”</source>
        <translation>输出“%2”中的“%1”</translation>
    </message>
    <message>
        <source>“%1”: %2 … %3 on axis %4 of the output “%5”</source>
        <extracomment>A range of one axis of an output, both ends included</extracomment>
        <translation>“%1”：输出“%5”第 %4 轴的 %2 … %3</translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s) behind the last convolutions stay float (%3): “%1” joins “%5” (%6) and “%7” (%8), and one scale can&apos;t hold both.</source>
        <translation>
            <numerusform>最后的卷积之后有 %n 层保持浮点（%3）：“%1”拼接“%5”（%6）与“%7”（%8），一个缩放因子无法兼顾两者。</numerusform>
        </translation>
    </message>
    <message>
        <source>A proposal: the part with the small values would lose most of its codes. %4 takes it back; in the window choose the mode static for these layers.</source>
        <translation>这是建议：数值小的部分会失去大部分量化级。可用 %4 撤销；在窗口中把这些层的模式设为“静态”即可。</translation>
    </message>
    <message>
        <source>“%1”, a part of the outputs (%2), is lost: its own SNR is %3 dB.</source>
        <translation>输出（%2）中的“%1”已失真：该部分自身的信噪比只有 %3 dB。</translation>
    </message>
    <message>
        <source>The figure over all outputs hides it. Try %4 (in the window the same choice), then look at this part again; “analyze” names the layers that hurt it most.</source>
        <translation>全部输出合计的数值会掩盖这一点。请尝试 %4（在窗口中作同样设置），再看这一部分；“analyze”会列出对它影响最大的层。</translation>
    </message>
    <message numerus="yes">
        <source>The range of %n tensor(s) with logits of scores reaches up to 4, a score of 0.98, although the calibration images have less: %3.</source>
        <translation>
            <numerusform>%n 个得分 logits 张量的范围上限放宽到 4（对应得分 0.98），高于校准图像中的最大值：%3。</numerusform>
        </translation>
    </message>
    <message>
        <source>A proposal: scores better than those of the calibration images would be cut off. A clip range of the tensor, or a threshold of its layer, takes it back.</source>
        <translation>这是建议：否则高于校准图像的得分会被截断。为该张量设置截断范围，或为其所在层设置阈值方法，即可撤销。</translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s) stay float (%3): “%1” ranks what they compute.</source>
        <translation>
            <numerusform>%n 层保持浮点（%3）：“%1”对它们的结果排序。</numerusform>
        </translation>
    </message>
    <message>
        <source>A proposal: values with the same code would lose their order. %4 takes it back; in the window choose the mode static for these layers.</source>
        <translation>这是建议：量化后相同的值会丢失次序。可用 %4 撤销；在窗口中把这些层的模式设为“静态”即可。</translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s) behind the last convolutions stay float (%3): “%1” makes scores, and the calibration images have no good one.</source>
        <translation>
            <numerusform>最后的卷积之后有 %n 层保持浮点（%3）：“%1”生成得分，而校准图像中没有高得分。</numerusform>
        </translation>
    </message>
    <message>
        <source>A proposal: scores better than those of the calibration images would be cut off. %4 takes it back; in the window choose the mode static for these layers.</source>
        <translation>这是建议：否则高于校准图像的得分会被截断。可用 %4 撤销；在窗口中把这些层的模式设为“静态”即可。</translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s) behind the last convolutions stay float (%3): “%1” and the others decode boxes.</source>
        <translation>
            <numerusform>最后的卷积之后有 %n 层保持浮点（%3）：“%1”等层用于解码检测框。</numerusform>
        </translation>
    </message>
    <message>
        <source>A proposal: exponentials, grids and means of distributions need more than 8 bits. %4 takes it back; in the window choose the mode static for these layers.</source>
        <translation>这是建议：指数、网格和分布均值需要 8 位以上的精度。可用 %4 撤销；在窗口中把这些层的模式设为“静态”即可。</translation>
    </message>
    <message>
        <source>The model&apos;s %2 numbers are taken as float32.</source>
        <translation>模型中的 %2 数值一律按 float32 处理。</translation>
    </message>
    <message>
        <source>Its inputs and outputs keep their types in the written file. Weights beyond float32&apos;s range: %3.</source>
        <translation>写出的文件保持输入和输出原来的类型。超出 float32 范围的权重：%3 个。</translation>
    </message>
    <message numerus="yes">
        <source>The file has the measured sizes instead of open dimensions: %n node(s) would not run on the target&apos;s provider otherwise; the first is “%1”.</source>
        <translation>
            <numerusform>文件使用测量时的尺寸，不保留动态维度：否则有 %n 个节点无法在目标的执行提供程序上运行，第一个是“%1”。</numerusform>
        </translation>
    </message>
    <message>
        <source>It takes these operators only with constant shapes. --shapes open (or the choice at export) keeps the dimensions open and runs these nodes on the CPU.</source>
        <translation>这些算子的形状必须是常量，它才能执行。--shapes open（或导出时的选项）可保留动态维度，这些节点改在 CPU 上运行。</translation>
    </message>
    <message numerus="yes">
        <source>Open dimensions keep %n node(s) off the target&apos;s provider; the first is “%1”.</source>
        <translation>
            <numerusform>由于动态维度，%n 个节点无法在目标的执行提供程序上运行，第一个是“%1”。</numerusform>
        </translation>
    </message>
    <message>
        <source>It takes these operators only with constant shapes. --shapes fixed (or the choice at export) writes the measured sizes and runs them all there.</source>
        <translation>这些算子的形状必须是常量，它才能执行。--shapes fixed（或导出时的选项）写入测量时的尺寸，节点全部在其上运行。</translation>
    </message>
    <message>
        <source>“%2” holds for the measured sizes alone, and the file can&apos;t compute it for others.</source>
        <translation>“%2”只适用于测量时的尺寸，文件无法为其他尺寸计算它。</translation>
    </message>
    <message>
        <source>Nothing in the quantized graph has the size that it comes from. Run the file with the measured sizes, or keep the layers around it float.</source>
        <translation>量化后的图中已没有可供计算它的尺寸。请按测量时的尺寸运行文件，或让相邻的层保持浮点。</translation>
    </message>
    <message>
        <source>simulated</source>
        <translation>仿真</translation>
    </message>
    <message>
        <source>file, default optimizations</source>
        <translation>模型文件，默认优化</translation>
    </message>
    <message>
        <source>file, optimizations off</source>
        <translation>模型文件，关闭优化</translation>
    </message>
    <message>
        <source>on the board</source>
        <translation>板上实测</translation>
    </message>
    <message>
        <source>%1 of %2 images of %3, evenly spread</source>
        <translation>%3 的 %2 张图像中均匀抽取的 %1 张</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) of %1</source>
        <translation>
            <numerusform>%1 的 %n 张图像</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 (%2 of %3, shuffled with seed %4)</source>
        <extracomment>After the images: which ones of a folder were taken</extracomment>
        <translation>%1（共 %3 张，以种子 %4 随机选出 %2 张）</translation>
    </message>
    <message>
        <source>%1 (the first %2 of %3)</source>
        <translation>%1（共 %3 张，取前 %2 张）</translation>
    </message>
    <message>
        <source>%1 of %2 images so far, %3</source>
        <translation>目前 %1/%2 张图像，%3</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s), %1</source>
        <translation>
            <numerusform>%n 张图像，%1</numerusform>
        </translation>
    </message>
    <message>
        <source>the labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>the task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>the command</source>
        <translation>该命令</translation>
    </message>
    <message>
        <source>The labels “%1” can&apos;t be read.</source>
        <translation>无法读取标签“%1”。</translation>
    </message>
    <message>
        <source>Mend the file at that place; docs/tasks.md shows what each format looks like.</source>
        <translation>请修正文件的该处；各格式的写法见 docs/tasks.md。</translation>
    </message>
    <message>
        <source>The labels “%1” are of another kind than the task.</source>
        <translation>标签“%1”与任务的类型不符。</translation>
    </message>
    <message>
        <source>Give labels of the task, or say which task is meant: --task detection, for example.</source>
        <translation>请给出该任务的标签，或指明任务，例如 --task detection。</translation>
    </message>
    <message>
        <source>The choice “%1” of the task is wrong.</source>
        <translation>任务的选择“%1”有误。</translation>
    </message>
    <message>
        <source>docs/tasks.md lists decoders and options with their values.</source>
        <translation>docs/tasks.md 列出了解码器、选项及其取值。</translation>
    </message>
    <message>
        <source>The model&apos;s outputs are not those of “%1”.</source>
        <translation>模型的输出不符合“%1”。</translation>
    </message>
    <message>
        <source>Name the task or its decoder (--task, --task-set decoder=NAME), or score the tensors alone: --task none.</source>
        <translation>请指明任务或解码器（--task、--task-set decoder=名称），或只比较张量：--task none。</translation>
    </message>
    <message>
        <source>The judging command “%1” gave no figures.</source>
        <translation>评判命令“%1”没有给出指标。</translation>
    </message>
    <message>
        <source>Run it by hand on the folder that it gets; it must print one JSON object of numbers.</source>
        <translation>请手动对它得到的文件夹运行一次；它必须输出一个由数字组成的 JSON 对象。</translation>
    </message>
    <message>
        <source>%2 categories of the labels are none of the model&apos;s classes; the first is “%3”.</source>
        <translation>标签中有 %2 个类别不在模型的类别之中；第一个是“%3”。</translation>
    </message>
    <message>
        <source>Their objects count as missed. Compare the names; --task-set names=&apos;[&quot;a&quot;, &quot;b&quot;]&apos; gives the model&apos;s classes theirs.</source>
        <translation>这些目标都按漏检计算。请核对名称；--task-set names=&apos;[&quot;a&quot;, &quot;b&quot;]&apos; 可给模型的类别命名。</translation>
    </message>
    <message>
        <source>Top-1</source>
        <translation>Top-1</translation>
    </message>
    <message>
        <source>Top-5</source>
        <translation>Top-5</translation>
    </message>
    <message>
        <source>Agreement</source>
        <translation>一致率</translation>
    </message>
    <message>
        <source>mAP</source>
        <translation>mAP</translation>
    </message>
    <message>
        <source>mAP@.5</source>
        <translation>mAP@.5</translation>
    </message>
    <message>
        <source>mAP@.75</source>
        <translation>mAP@.75</translation>
    </message>
    <message>
        <source>mAP, small</source>
        <translation>mAP（小目标）</translation>
    </message>
    <message>
        <source>mAP, medium</source>
        <translation>mAP（中目标）</translation>
    </message>
    <message>
        <source>mAP, large</source>
        <translation>mAP（大目标）</translation>
    </message>
    <message>
        <source>Recall, 1 box</source>
        <translation>召回率（1 个框）</translation>
    </message>
    <message>
        <source>Recall, 10 boxes</source>
        <translation>召回率（10 个框）</translation>
    </message>
    <message>
        <source>Recall, 100 boxes</source>
        <translation>召回率（100 个框）</translation>
    </message>
    <message>
        <source>Recall, small</source>
        <translation>召回率（小目标）</translation>
    </message>
    <message>
        <source>Recall, medium</source>
        <translation>召回率（中目标）</translation>
    </message>
    <message>
        <source>Recall, large</source>
        <translation>召回率（大目标）</translation>
    </message>
    <message>
        <source>mAP@.5 against float&apos;s boxes</source>
        <translation>相对浮点检测框的 mAP@.5</translation>
    </message>
    <message>
        <source>mAP against float&apos;s boxes</source>
        <translation>相对浮点检测框的 mAP</translation>
    </message>
    <message>
        <source>mIoU</source>
        <translation>mIoU</translation>
    </message>
    <message>
        <source>Pixel accuracy</source>
        <translation>像素准确率</translation>
    </message>
    <message>
        <source>mIoU against float&apos;s masks</source>
        <translation>相对浮点掩码的 mIoU</translation>
    </message>
    <message>
        <source>Pixels as float&apos;s</source>
        <translation>与浮点相同的像素</translation>
    </message>
    <message>
        <source>Exact texts</source>
        <translation>整行正确率</translation>
    </message>
    <message>
        <source>Character error rate</source>
        <translation>字符错误率</translation>
    </message>
    <message>
        <source>Same text as float</source>
        <translation>与浮点文本相同</translation>
    </message>
    <message>
        <source>Verification accuracy</source>
        <translation>验证准确率</translation>
    </message>
    <message>
        <source>AUC</source>
        <translation>AUC</translation>
    </message>
    <message>
        <source>Mean cosine to float</source>
        <translation>与浮点的平均余弦</translation>
    </message>
    <message>
        <source>Mean absolute error</source>
        <translation>平均绝对误差</translation>
    </message>
    <message>
        <source>Root mean square error</source>
        <translation>均方根误差</translation>
    </message>
    <message>
        <source>Mean absolute error to float</source>
        <translation>与浮点的平均绝对误差</translation>
    </message>
    <message>
        <source>none</source>
        <comment>task</comment>
        <translation>无</translation>
    </message>
    <message>
        <source>classification</source>
        <translation>分类</translation>
    </message>
    <message>
        <source>detection</source>
        <translation>目标检测</translation>
    </message>
    <message>
        <source>segmentation</source>
        <translation>语义分割</translation>
    </message>
    <message>
        <source>text recognition</source>
        <translation>文本识别</translation>
    </message>
    <message>
        <source>embedding</source>
        <translation>特征嵌入</translation>
    </message>
    <message>
        <source>regression</source>
        <translation>回归</translation>
    </message>
    <message>
        <source>COCO JSON</source>
        <translation>COCO JSON</translation>
    </message>
    <message>
        <source>YOLO text files</source>
        <translation>YOLO 文本文件</translation>
    </message>
    <message>
        <source>Pascal VOC XML</source>
        <translation>Pascal VOC XML</translation>
    </message>
    <message>
        <source>masks</source>
        <translation>掩码</translation>
    </message>
    <message>
        <source>a list of texts</source>
        <translation>文本列表</translation>
    </message>
    <message>
        <source>a list of pairs</source>
        <translation>样本对列表</translation>
    </message>
    <message>
        <source>folders of identities</source>
        <translation>身份文件夹</translation>
    </message>
    <message>
        <source>a table of values</source>
        <translation>数值表</translation>
    </message>
    <message>
        <source>classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>chosen: %1</source>
        <translation>已选择：%1</translation>
    </message>
    <message>
        <source>the model&apos;s metadata say %1</source>
        <translation>模型元数据：%1</translation>
    </message>
    <message>
        <source>the labels are for %1</source>
        <translation>标签用于 %1</translation>
    </message>
    <message>
        <source>the graph has %1</source>
        <translation>图中有 %1</translation>
    </message>
    <message>
        <source>The float network shows nothing in these images (from a score of %2 on): there is nothing that the other could agree on.</source>
        <translation>浮点网络在这些图像中没有检测到任何目标（得分不低于 %2），无从比较一致性。</translation>
    </message>
    <message>
        <source>Give images of what it looks for, or take fainter detections, too: --task-set score=0.1.</source>
        <translation>请给出含有目标的图像，或同时计入得分较低的检测：--task-set score=0.1。</translation>
    </message>
    <message>
        <source>it gives %1</source>
        <translation>给出 %1</translation>
    </message>
    <message>
        <source>Improving</source>
        <translation>正在改进</translation>
    </message>
    <message>
        <source>Improved: this range gives the smaller error at the outputs</source>
        <translation>已改进：此范围在输出端的误差更小</translation>
    </message>
    <message>
        <source>Nothing was improved: there are no images to do it on.</source>
        <translation>未做改进：没有可用的图像。</translation>
    </message>
    <message>
        <source>Give --images besides the statistics.</source>
        <translation>除统计文件外，请再给出 --images。</translation>
    </message>
    <message>
        <source>Nothing was improved: the images are too few to judge by (%2, at least %3 are needed).</source>
        <translation>未做改进：图像太少，无法判断效果（%2 张，至少需要 %3 张）。</translation>
    </message>
    <message>
        <source>Give more images; 16 and more are good.</source>
        <translation>请提供更多图像，16 张以上为宜。</translation>
    </message>
    <message>
        <source>Improved weights of %2 of %3 layers no longer fit the plan; these are rounded plainly.</source>
        <translation>%3 层中有 %2 层的改进权重已不符合当前方案，这些层按普通舍入处理。</translation>
    </message>
    <message>
        <source>Improve again.</source>
        <translation>请重新改进。</translation>
    </message>
    <message>
        <source>Improved ranges of %2 of %3 tensors were made for other choices or other statistics; these have the plan&apos;s own.</source>
        <translation>%3 个张量中有 %2 个的改进范围是针对其他选择或其他统计数据得到的，这些张量采用方案自身的范围。</translation>
    </message>
    <message>
        <source>What was improved is of another model: nothing of it is used.</source>
        <translation>改进结果属于另一个模型，未予采用。</translation>
    </message>
    <message>
        <source>Improve this model.</source>
        <translation>请对本模型进行改进。</translation>
    </message>
    <message>
        <source>the promise</source>
        <translation>所承诺的精度</translation>
    </message>
    <message>
        <source>The task has no figure “%1”.</source>
        <translation>该任务没有指标“%1”。</translation>
    </message>
    <message>
        <source>In brackets are the figures there are; --metric names one of them. Labels or another task (--task) may be missing.</source>
        <translation>括号里是可用的指标，用 --metric 指定其中之一。也可能是缺少标签，或需要指定别的任务（--task）。</translation>
    </message>
    <message>
        <source>No exceptions keep the promise: %1.</source>
        <translation>没有任何例外能守住承诺：%1。</translation>
    </message>
    <message>
        <source>Promise less, allow more exceptions, or improve first (--improve best).</source>
        <translation>降低承诺，允许更多例外，或先做改进（--improve best）。</translation>
    </message>
    <message>
        <source>Searching</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Nothing improved goes into a calibration cache or table: the other program rounds the float model&apos;s weights itself.</source>
        <translation>改进后的数值不会写入校准缓存或校准表：浮点模型的权重由对方程序自行取整。</translation>
    </message>
    <message>
        <source>An ONNX file has the improved weights.</source>
        <translation>导出为 ONNX 文件才包含改进后的权重。</translation>
    </message>
    <message>
        <source>mAP@.5 to float</source>
        <translation>mAP@.5（对浮点）</translation>
    </message>
    <message>
        <source>mAP to float</source>
        <translation>mAP（对浮点）</translation>
    </message>
    <message>
        <source>mIoU to float</source>
        <translation>mIoU（对浮点）</translation>
    </message>
    <message>
        <source>Same text</source>
        <translation>文本相同</translation>
    </message>
    <message>
        <source>Cosine to float</source>
        <translation>余弦（对浮点）</translation>
    </message>
    <message>
        <source>MAE to float</source>
        <translation>MAE（对浮点）</translation>
    </message>
</context>
<context>
    <name>quantwright::Actions</name>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Open model or project…</source>
        <translation>打开模型或工程(&amp;O)…</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>最近打开(&amp;R)</translation>
    </message>
    <message>
        <source>Open sa&amp;mple</source>
        <translation>打开示例(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Save project</source>
        <translation>保存工程(&amp;S)</translation>
    </message>
    <message>
        <source>Save project &amp;as…</source>
        <translation>工程另存为(&amp;A)…</translation>
    </message>
    <message>
        <source>&amp;Export quantized model…</source>
        <translation>导出量化模型(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>Select &amp;all layers</source>
        <translation>选中所有层(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Find layer or tensor</source>
        <translation>查找层或张量(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Fit graph</source>
        <translation>适应窗口(&amp;F)</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>放大(&amp;I)</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>缩小(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Colour by</source>
        <translation>着色依据(&amp;C)</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>敏感度</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>主题(&amp;T)</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>语言(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>模型(&amp;M)</translation>
    </message>
    <message>
        <source>Choose &amp;images…</source>
        <translation>选择图像(&amp;I)…</translation>
    </message>
    <message>
        <source>&amp;Calibrate</source>
        <translation>校准(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Analyze sensitivity</source>
        <translation>分析敏感度(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Evaluate</source>
        <translation>评估(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Target</source>
        <translation>目标平台(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;About Quantwright</source>
        <translation>关于量匠(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Undo: %1</source>
        <translation>撤销(&amp;U)：%1</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Redo: %1</source>
        <translation>重做(&amp;R)：%1</translation>
    </message>
    <message>
        <source>&amp;Preset</source>
        <translation>预设(&amp;P)</translation>
    </message>
    <message>
        <source>Board time</source>
        <translation>板上耗时</translation>
    </message>
    <message>
        <source>&amp;Deploy to a board…</source>
        <translation>部署到开发板(&amp;D)…</translation>
    </message>
    <message>
        <source>Board error</source>
        <translation>开发板误差</translation>
    </message>
    <message>
        <source>&amp;Show or hide parts</source>
        <translation>展开或收起组成部分(&amp;P)</translation>
    </message>
    <message>
        <source>Tr&amp;uncate behind the selected layers</source>
        <translation>在所选层之后截断(&amp;U)</translation>
    </message>
    <message>
        <source>Layers that the selected ones don&apos;t need stay float</source>
        <translation>所选层用不到的层保持浮点</translation>
    </message>
    <message>
        <source>Do&amp;n&apos;t truncate</source>
        <translation>取消截断(&amp;N)</translation>
    </message>
    <message>
        <source>I&amp;mprove…</source>
        <translation>改进(&amp;M)…</translation>
    </message>
    <message>
        <source>Tas&amp;k…</source>
        <translation>任务(&amp;K)…</translation>
    </message>
</context>
<context>
    <name>quantwright::BoardErrors</name>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>耗时</translation>
    </message>
    <message>
        <source>Provider</source>
        <translation>提供程序</translation>
    </message>
    <message>
        <source>Board</source>
        <translation>开发板</translation>
    </message>
    <message>
        <source>Simulated</source>
        <translation>仿真</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>差异</translation>
    </message>
    <message>
        <source>Error per layer</source>
        <translation>逐层误差</translation>
    </message>
    <message>
        <source>SNR of the layer&apos;s output on the board</source>
        <translation>该层输出在开发板上的信噪比</translation>
    </message>
    <message>
        <source>SNR of the same output in this machine&apos;s exact arithmetic, on the same images</source>
        <translation>同一输出在本机精确运算下的信噪比，使用相同图像</translation>
    </message>
    <message>
        <source>The board from exact arithmetic on the layer&apos;s own inputs, at most: in quantization steps, or as SNR</source>
        <translation>以该层在开发板上的输入为准，开发板与精确运算的最大差异：以量化步长计，或以信噪比计</translation>
    </message>
    <message>
        <source>The layers were not compared: that takes images.</source>
        <translation>未逐层比较：需要图像。</translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s) differ from the simulation.</source>
        <translation>
            <numerusform>%n 层与仿真不一致。</numerusform>
        </translation>
    </message>
    <message>
        <source>On the same inputs every layer gives what the simulation gives.</source>
        <translation>输入相同时，每一层的结果都与仿真一致。</translation>
    </message>
    <message>
        <source>%1 steps</source>
        <translation>%1 步长</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
</context>
<context>
    <name>quantwright::BoardHistoryView</name>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>方案</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Past deployments</source>
        <translation>历次部署</translation>
    </message>
    <message>
        <source>Use this plan again</source>
        <translation>重新使用此方案</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>now: %1</source>
        <translation>当前：%1</translation>
    </message>
    <message>
        <source>median %1, 90 % %2, 99 % %3, shortest %4</source>
        <translation>中位数 %1，90 % %2，99 % %3，最短 %4</translation>
    </message>
    <message>
        <source>float %1</source>
        <translation>浮点 %1</translation>
    </message>
    <message>
        <source>top-1 %1</source>
        <translation>Top-1 %1</translation>
    </message>
    <message>
        <source>agreement %1</source>
        <translation>一致率 %1</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n 张图像</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>%n 次运行</numerusform>
        </translation>
    </message>
    <message>
        <source>emulated</source>
        <translation>模拟器</translation>
    </message>
    <message>
        <source>not to be relied on</source>
        <translation>不可信</translation>
    </message>
</context>
<context>
    <name>quantwright::BoardList</name>
    <message>
        <source>No board yet. Type an address and press Deploy, or set a board up with +.</source>
        <translation>还没有开发板。请输入地址后点击“部署”，或点击 + 设置一块开发板。</translation>
    </message>
    <message>
        <source>Boards</source>
        <translation>开发板</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Forget its passwords</source>
        <translation>清除其密码</translation>
    </message>
    <message>
        <source>Set a board up…</source>
        <translation>设置开发板…</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>从列表中移除</translation>
    </message>
</context>
<context>
    <name>quantwright::BoardResultView</name>
    <message>
        <source>Board</source>
        <translation>开发板</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>Simulated</source>
        <translation>仿真</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Op</source>
        <translation>算子</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>耗时</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>占比</translation>
    </message>
    <message>
        <source>Provider</source>
        <translation>提供程序</translation>
    </message>
    <message>
        <source>Time per layer</source>
        <translation>逐层耗时</translation>
    </message>
    <message>
        <source>The board is a SpacemiT K1, but the plan is for another target.</source>
        <translation>开发板是 SpacemiT K1，但方案面向另一目标。</translation>
    </message>
    <message>
        <source>Measured with another plan.</source>
        <translation>结果来自另一方案，已过期。</translation>
    </message>
    <message numerus="yes">
        <source>%n core(s)</source>
        <translation>
            <numerusform>%n 核</numerusform>
        </translation>
    </message>
    <message>
        <source>The times can&apos;t be relied on: %1</source>
        <translation>耗时不可信：%1</translation>
    </message>
    <message>
        <source>Latency, median</source>
        <translation>延迟中位数</translation>
    </message>
    <message>
        <source>Latency, 90 %</source>
        <translation>延迟 90 %</translation>
    </message>
    <message>
        <source>Latency, 99 %</source>
        <translation>延迟 99 %</translation>
    </message>
    <message>
        <source>Latency, shortest</source>
        <translation>最短延迟</translation>
    </message>
    <message>
        <source>Output SNR</source>
        <translation>输出信噪比</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图像数</translation>
    </message>
    <message>
        <source>First run</source>
        <translation>首次运行</translation>
    </message>
    <message>
        <source>Timed runs</source>
        <translation>计时次数</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>会话创建</translation>
    </message>
    <message>
        <source>Peak memory</source>
        <translation>内存峰值</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>上传量</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Error per layer</source>
        <translation>逐层误差</translation>
    </message>
    <message numerus="yes">
        <source>Error: %n differ</source>
        <translation>
            <numerusform>误差：%n 层不一致</numerusform>
        </translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>History %1</source>
        <translation>历史 %1</translation>
    </message>
    <message>
        <source>Float</source>
        <translation>浮点</translation>
    </message>
    <message>
        <source>Latency, predicted</source>
        <translation>预测延迟</translation>
    </message>
    <message>
        <source>Float, median</source>
        <translation>浮点中位数</translation>
    </message>
    <message>
        <source>Speed-up</source>
        <translation>加速比</translation>
    </message>
    <message>
        <source>%1, uncertain</source>
        <translation>%1，不确定</translation>
    </message>
    <message>
        <source>How many times as fast as the float model, timed in turns; in brackets what is certain to 95 %.</source>
        <translation>与浮点模型交替计时得到的加速倍数；括号内为 95 % 置信范围。</translation>
    </message>
    <message>
        <source>Measured with other images or ranges.</source>
        <translation>结果来自其他图像或量化范围，已过期。</translation>
    </message>
    <message>
        <source>Arithmetic</source>
        <translation>运算方式</translation>
    </message>
    <message>
        <source>optimizations off</source>
        <translation>关闭优化</translation>
    </message>
    <message numerus="yes">
        <source>Images: %n differ</source>
        <translation>
            <numerusform>图像：%n 张不同</numerusform>
        </translation>
    </message>
    <message>
        <source>Image</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Against float</source>
        <translation>与浮点相比</translation>
    </message>
    <message>
        <source>Images whose result differs</source>
        <translation>结果不同的图像</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
</context>
<context>
    <name>quantwright::BoardRow</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>quantwright::BoardSetupDialog</name>
    <message>
        <source>Set a board up</source>
        <translation>设置开发板</translation>
    </message>
    <message>
        <source>1  Which board?</source>
        <translation>1  选择开发板</translation>
    </message>
    <message>
        <source>2  Sign in</source>
        <translation>2  登录</translation>
    </message>
    <message>
        <source>3  Checks</source>
        <translation>3  检查</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Install the key</source>
        <translation>安装密钥</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>完成</translation>
    </message>
</context>
<context>
    <name>quantwright::BoardStatus</name>
    <message>
        <source>Checking</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Waiting for its turn</source>
        <translation>排队等待</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>测量延迟</translation>
    </message>
    <message>
        <source>Timing the layers</source>
        <translation>逐层计时</translation>
    </message>
    <message>
        <source>Judging accuracy</source>
        <translation>测量精度</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>正在取消…</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>idle</source>
        <translation>空闲</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <extracomment>A figure&apos;s name and its value</extracomment>
        <translation>%1 %2</translation>
    </message>
</context>
<context>
    <name>quantwright::BoardSteps</name>
    <message>
        <source>Connect and check</source>
        <translation>连接与检查</translation>
    </message>
    <message>
        <source>Wait for its turn</source>
        <translation>排队等待</translation>
    </message>
    <message>
        <source>Upload</source>
        <translation>上传</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量延迟</translation>
    </message>
    <message>
        <source>Time the layers</source>
        <translation>逐层计时</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>%1/s</source>
        <translation>%1/s</translation>
    </message>
    <message>
        <source>%1 images/s</source>
        <translation>%1 张/s</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>剩余 %1</translation>
    </message>
</context>
<context>
    <name>quantwright::ChangeText</name>
    <message numerus="yes">
        <source>%n new</source>
        <comment>boxes</comment>
        <translation>
            <numerusform>新增 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n gone</source>
        <comment>boxes</comment>
        <translation>
            <numerusform>消失 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n moved</source>
        <comment>boxes</comment>
        <translation>
            <numerusform>移动 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>the same</source>
        <translation>相同</translation>
    </message>
    <message>
        <source>%1 of the pixels</source>
        <translation>%1 的像素不同</translation>
    </message>
    <message>
        <source>cosine %1</source>
        <translation>余弦 %1</translation>
    </message>
</context>
<context>
    <name>quantwright::CheckPage</name>
    <message numerus="yes">
        <source>%n core(s)</source>
        <translation>
            <numerusform>%n 核</numerusform>
        </translation>
    </message>
    <message>
        <source>Is the board ready?</source>
        <translation>开发板是否就绪？</translation>
    </message>
    <message>
        <source>Looking at the board…</source>
        <translation>正在检查开发板…</translation>
    </message>
    <message>
        <source>Something that is needed is missing. Type the commands above on the board, then check again; or finish, and do it later.</source>
        <translation>缺少必需的内容。请在开发板上执行上面的命令后重新检查；也可以先完成设置，以后再处理。</translation>
    </message>
    <message>
        <source>The board is ready.</source>
        <translation>开发板已就绪。</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>by which it is listed</source>
        <translation>在列表中显示的名称</translation>
    </message>
    <message>
        <source>ONNX Runtime on the board</source>
        <translation>开发板上的 ONNX Runtime</translation>
    </message>
    <message>
        <source>found by itself, or its path</source>
        <translation>自动查找，或填写其路径</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>重新检查</translation>
    </message>
</context>
<context>
    <name>quantwright::ClipRow</name>
    <message>
        <source>%1, lower end</source>
        <translation>%1下限</translation>
    </message>
    <message>
        <source>%1, upper end</source>
        <translation>%1上限</translation>
    </message>
    <message>
        <source>Mixed</source>
        <translation>多种</translation>
    </message>
</context>
<context>
    <name>quantwright::CommandRow</name>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the command %1</source>
        <translation>复制命令 %1</translation>
    </message>
</context>
<context>
    <name>quantwright::ComparePanel</name>
    <message>
        <source>Evaluate to compare the quantized model with the float one.</source>
        <translation>评估后可在此对比量化模型与浮点模型。</translation>
    </message>
    <message>
        <source>Float</source>
        <translation>浮点</translation>
    </message>
    <message>
        <source>Quantized</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>Output SNR</source>
        <translation>输出信噪比</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>余弦相似度</translation>
    </message>
    <message>
        <source>Latency, median</source>
        <translation>延迟（中位数）</translation>
    </message>
    <message>
        <source>Latency, 90 %</source>
        <translation>延迟（90 %）</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>体积</translation>
    </message>
    <message>
        <source>The plan as it is, not exported</source>
        <translation>当前方案（尚未导出）</translation>
    </message>
    <message>
        <source>SNR of the worst part: %1</source>
        <translation>最差部分的信噪比：%1</translation>
    </message>
    <message>
        <source>Measured before the last changes: evaluate again.</source>
        <translation>结果来自最近修改之前，已过期，请重新评估。</translation>
    </message>
    <message>
        <source>Float: %1</source>
        <translation>浮点：%1</translation>
    </message>
    <message>
        <source>Quantized: %1</source>
        <translation>量化：%1</translation>
    </message>
    <message numerus="yes">
        <source>This machine&apos;s kernels lose accuracy: SNR %1 with ONNX Runtime&apos;s optimizations, %2 without, on %n image(s). Store the weights as UINT8.</source>
        <translation>
            <numerusform>本机的算子内核会损失精度：在 %n 张图像上，启用 ONNX Runtime 优化时信噪比为 %1，关闭时为 %2。请把权重存为 UINT8。</numerusform>
        </translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>更改…</translation>
    </message>
    <message>
        <source>Say what the network is for, and how its outputs are read</source>
        <translation>指明网络的用途，以及如何解读它的输出</translation>
    </message>
    <message>
        <source>Results of this machine</source>
        <translation>本机的结果</translation>
    </message>
    <message>
        <source>Results of %1</source>
        <translation>%1 的结果</translation>
    </message>
    <message>
        <source>What the network is for is recognised with the first image.</source>
        <translation>有了图像后即可识别网络的用途。</translation>
    </message>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
    <message>
        <source>Task: %1</source>
        <translation>任务：%1</translation>
    </message>
    <message>
        <source>Task: %1 – %2</source>
        <translation>任务：%1 – %2</translation>
    </message>
</context>
<context>
    <name>quantwright::CostText</name>
    <message>
        <source>≈ %1 %2 (estimated)</source>
        <translation>%2：约 %1（估计）</translation>
    </message>
    <message>
        <source>%1 %2 (measured)</source>
        <translation>%2：%1（实测）</translation>
    </message>
    <message>
        <source>%1 (emulated)</source>
        <translation>%1（模拟器）</translation>
    </message>
    <message>
        <source>as %1</source>
        <translation>按 %1</translation>
    </message>
    <message>
        <source>as they are</source>
        <translation>按现状</translation>
    </message>
    <message>
        <source>On %1: %2</source>
        <translation>在 %1 上：%2</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s) measured</source>
        <translation>
            <numerusform>%n 层为实测</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n estimated</source>
        <translation>
            <numerusform>%n 层为估计</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unknown</source>
        <translation>
            <numerusform>%n 层未知</numerusform>
        </translation>
    </message>
    <message>
        <source>The plan as it is now would take %1 there (%2).</source>
        <translation>当前方案在该板上预计耗时 %1（%2）。</translation>
    </message>
    <message>
        <source>%1 within another layer&apos;s kernel</source>
        <translation>%1：并入其他层的内核</translation>
    </message>
</context>
<context>
    <name>quantwright::DeployForm</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Deploy</source>
        <translation>部署</translation>
    </message>
    <message>
        <source>Private key</source>
        <translation>私钥</translation>
    </message>
    <message>
        <source>user@host:port</source>
        <translation>用户@主机:端口</translation>
    </message>
    <message>
        <source>The board&apos;s address</source>
        <translation>开发板地址</translation>
    </message>
    <message>
        <source>user@host:port, or an alias of ~/.ssh/config</source>
        <translation>用户@主机:端口，或 ~/.ssh/config 中的别名</translation>
    </message>
    <message>
        <source>Private key (optional)</source>
        <translation>私钥文件（可选）</translation>
    </message>
    <message>
        <source>Left empty: the agent&apos;s keys and those in ~/.ssh</source>
        <translation>留空则使用 SSH 代理与 ~/.ssh 中的密钥</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
    <message>
        <source>All images</source>
        <translation>全部图像</translation>
    </message>
    <message>
        <source> images</source>
        <translation> 张图像</translation>
    </message>
    <message>
        <source>Images for the accuracy</source>
        <translation>用于测精度的图像</translation>
    </message>
    <message>
        <source>How many of the evaluation images the board judges, evenly spread</source>
        <translation>在板上评估多少张评估图像（均匀抽取）</translation>
    </message>
    <message>
        <source>Compare with float, in turns</source>
        <translation>与浮点交替比较</translation>
    </message>
    <message>
        <source>The float model is sent too, and timed by turns with the quantized one: how much faster is it?</source>
        <translation>同时上传浮点模型，与量化模型交替计时：快了多少？</translation>
    </message>
</context>
<context>
    <name>quantwright::DeployPanel</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Deploy sends the quantized model to a board over SSH and measures there how fast and how right it is.</source>
        <translation>部署会通过 SSH 将量化模型发送到开发板，并在板上测量其速度与精度。</translation>
    </message>
    <message>
        <source>Open a model and calibrate first; then it can be deployed to a board.</source>
        <translation>请先打开模型并完成校准，然后即可部署到开发板。</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Name of the board</source>
        <translation>开发板名称</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>从列表中移除</translation>
    </message>
    <message>
        <source>Remove “%1” from the list?</source>
        <translation>从列表中移除“%1”？</translation>
    </message>
    <message numerus="yes">
        <source>Remove %n board(s) from the list?</source>
        <translation>
            <numerusform>从列表中移除 %n 块开发板？</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing changes on the board. What was kept of its passwords is forgotten.</source>
        <translation>开发板上不会有任何改动；已保存的密码会被清除。</translation>
    </message>
</context>
<context>
    <name>quantwright::EditText</name>
    <message>
        <source>Target %1</source>
        <translation>目标 %1</translation>
    </message>
    <message>
        <source>Preset %1</source>
        <translation>预设 %1</translation>
    </message>
    <message numerus="yes">
        <source>Leave out %n image(s)</source>
        <translation>
            <numerusform>排除 %n 张图像</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Take in %n image(s)</source>
        <translation>
            <numerusform>恢复 %n 张图像</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%2 的%1</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n tensor(s)</source>
        <translation>
            <numerusform>%n 个张量的%1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n layer(s)</source>
        <translation>
            <numerusform>%n 个层的%1</numerusform>
        </translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1: reset</source>
        <translation>%1：还原</translation>
    </message>
    <message>
        <source>An earlier plan</source>
        <translation>早先的方案</translation>
    </message>
    <message>
        <source>Truncate at %1</source>
        <translation>在 %1 处截断</translation>
    </message>
    <message>
        <source>Don&apos;t truncate</source>
        <translation>取消截断</translation>
    </message>
</context>
<context>
    <name>quantwright::ErrorCard</name>
    <message>
        <source>To be typed on the board:</source>
        <translation>请在开发板上执行：</translation>
    </message>
    <message>
        <source>To be typed on this computer:</source>
        <translation>请在本机上执行：</translation>
    </message>
</context>
<context>
    <name>quantwright::ErrorDialog</name>
    <message>
        <source>Details</source>
        <translation>详细信息</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Quantwright</source>
        <translation>量匠</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>quantwright::ExportDialog</name>
    <message>
        <source>Export quantized model</source>
        <translation>导出量化模型</translation>
    </message>
    <message>
        <source>QDQ</source>
        <translation>QDQ</translation>
    </message>
    <message>
        <source>QOperator</source>
        <translation>QOperator</translation>
    </message>
    <message>
        <source>As needed</source>
        <translation>按需</translation>
    </message>
    <message>
        <source>At most %1</source>
        <translation>最高 %1</translation>
    </message>
    <message>
        <source>Newer operators only where a choice needs them. A cap is for old runtimes.</source>
        <translation>仅在所选设置需要时使用较新的算子。上限用于旧版运行时。</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
    <message>
        <source>ncnn&apos;s int8 table, too</source>
        <translation>同时导出 ncnn 的 int8 表</translation>
    </message>
    <message>
        <source>TensorRT&apos;s calibration cache, too</source>
        <translation>同时导出 TensorRT 校准缓存</translation>
    </message>
    <message>
        <source>For ncnn2int8, with the converted float network.</source>
        <translation>供 ncnn2int8 使用，与转换后的浮点网络配套。</translation>
    </message>
    <message>
        <source>It goes with the float model: a network with Q/DQ ignores it.</source>
        <translation>与浮点模型配套：带 Q/DQ 的网络会忽略它。</translation>
    </message>
    <message>
        <source>Converted .param</source>
        <translation>转换后的 .param</translation>
    </message>
    <message>
        <source>optional: the names of ncnn&apos;s layers</source>
        <translation>可选：ncnn 的层名</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>形式</translation>
    </message>
    <message>
        <source>Opset</source>
        <translation>Opset 版本</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Integer operators from layer to layer. What has none keeps the QDQ form.</source>
        <translation>各层之间直接用整数算子，没有整数算子的部分保持 QDQ 形式。</translation>
    </message>
    <message>
        <source>The file is there already and will be replaced.</source>
        <translation>该文件已存在，将被替换。</translation>
    </message>
    <message>
        <source>%1 is there already and will be replaced.</source>
        <translation>%1 已存在，将被替换。</translation>
    </message>
    <message>
        <source>ONNX models (*.onnx)</source>
        <translation>ONNX 模型 (*.onnx)</translation>
    </message>
    <message>
        <source>ncnn networks (*.param);;All files (*)</source>
        <translation>ncnn 网络 (*.param);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Q/DQ pairs around float operators: every runtime reads them.</source>
        <translation>在浮点算子前后加 Q/DQ 节点对：各种运行时都能读取。</translation>
    </message>
    <message>
        <source>As the target needs</source>
        <translation>按目标需要</translation>
    </message>
    <message>
        <source>As open as the model</source>
        <translation>与模型一致（动态）</translation>
    </message>
    <message>
        <source>As measured</source>
        <translation>测量时的尺寸</translation>
    </message>
    <message>
        <source>Open dimensions stay open: the file runs at sizes that it was not measured with.</source>
        <translation>保留动态维度：文件可在未测量过的尺寸下运行。</translation>
    </message>
    <message>
        <source>Open dimensions stay open unless they would keep nodes off the target&apos;s provider.</source>
        <translation>保留动态维度，除非会使节点无法在目标的执行提供程序上运行。</translation>
    </message>
    <message>
        <source>Shapes</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>A report, too</source>
        <translation>同时生成报告</translation>
    </message>
    <message>
        <source>HTML, Markdown, CSV and JSON in the folder %1: layers, problems, and the file&apos;s figures on the evaluation samples, which takes a while.</source>
        <translation>在文件夹 %1 中生成 HTML、Markdown、CSV 和 JSON：各层、问题，以及文件在评估样本上的数值，需要一些时间。</translation>
    </message>
    <message>
        <source>%1 is there already; reports in it will be replaced.</source>
        <translation>%1 已存在，其中的报告将被替换。</translation>
    </message>
</context>
<context>
    <name>quantwright::FieldRow</name>
    <message>
        <source>Mixed</source>
        <translation>多种</translation>
    </message>
    <message>
        <source>Click to go back to what the plan or the target says</source>
        <translation>单击可还原为方案或目标平台的设定</translation>
    </message>
    <message>
        <source>target</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>plan</source>
        <translation>方案</translation>
    </message>
    <message>
        <source>rule</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>this layer</source>
        <translation>本层</translation>
    </message>
    <message>
        <source>this tensor</source>
        <translation>本张量</translation>
    </message>
    <message>
        <source>mixed</source>
        <translation>多种</translation>
    </message>
    <message>
        <source>Comes from: %1</source>
        <translation>来源：%1</translation>
    </message>
    <message>
        <source>Comes from different places</source>
        <translation>来源不一</translation>
    </message>
    <message>
        <source>given</source>
        <translation>自带</translation>
    </message>
    <message>
        <source>As given</source>
        <translation>按模型自带</translation>
    </message>
    <message>
        <source>Kept as it is until you choose something else</source>
        <translation>保持不变，直到您另作选择</translation>
    </message>
    <message>
        <source>%1 does not run this.</source>
        <translation>%1 不支持。</translation>
    </message>
    <message>
        <source>%1 has no such form of this operator.</source>
        <translation>%1 没有该算子的这种形式。</translation>
    </message>
    <message>
        <source>This needs a constant weight.</source>
        <translation>需要常量权重。</translation>
    </message>
    <message>
        <source>Integer kernels can&apos;t add up blocks: only with the mode %1.</source>
        <translation>整数内核无法按块累加：只能用于“%1”模式。</translation>
    </message>
    <message>
        <source>Integer kernels take one zero point for all channels: only per tensor.</source>
        <translation>整数内核要求所有通道共用一个零点：只能逐张量。</translation>
    </message>
    <message>
        <source>Beside INT8 activations there are kernels for INT8 weights only.</source>
        <translation>激活为 INT8 时只有 INT8 权重的内核。</translation>
    </message>
    <message>
        <source>truncation</source>
        <translation>截断</translation>
    </message>
    <message>
        <source>proposed</source>
        <translation>建议</translation>
    </message>
    <message>
        <source>improved</source>
        <translation>改进</translation>
    </message>
</context>
<context>
    <name>quantwright::FindPage</name>
    <message>
        <source>~/.ssh/config</source>
        <translation>~/.ssh/config</translation>
    </message>
    <message>
        <source>Neighbour</source>
        <translation>邻近设备</translation>
    </message>
    <message>
        <source>Usual name</source>
        <translation>常用名称</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Which board?</source>
        <translation>选择开发板</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>host, user@host:port, or an alias of ~/.ssh/config</source>
        <translation>主机、user@host:port 或 ~/.ssh/config 中的别名</translation>
    </message>
    <message>
        <source>root or bianbu</source>
        <translation>root 或 bianbu</translation>
    </message>
    <message>
        <source>The board needs power, a network and an SSH server. “hostname -I”, typed on the board, shows its address. Ready-made Bianbu images have the user root, or the one that was made at the first start.</source>
        <translation>开发板需要通电、联网并运行 SSH 服务。在开发板上执行“hostname -I”可查看其地址。现成的 Bianbu 镜像使用 root 用户，或首次启动时创建的用户。</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>找到的设备</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Found by</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>What it says</source>
        <translation>服务标识</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>重新查找</translation>
    </message>
    <message>
        <source>~/.ssh/config, neighbours of this computer, usual names</source>
        <translation>~/.ssh/config、本机的邻近设备、常用名称</translation>
    </message>
    <message>
        <source>Search the network</source>
        <translation>搜索网络</translation>
    </message>
    <message>
        <source>Asks all addresses of this computer&apos;s networks for an SSH server; logs in nowhere</source>
        <translation>逐一询问本机所在网络的地址是否有 SSH 服务；不会登录任何设备</translation>
    </message>
    <message>
        <source>Looking for boards…</source>
        <translation>正在查找开发板…</translation>
    </message>
    <message>
        <source>No SSH server was found on this computer&apos;s networks.</source>
        <translation>在本机所在的网络中没有找到 SSH 服务。</translation>
    </message>
    <message>
        <source>None is known yet. Search the network, or type the address.</source>
        <translation>尚未发现设备。请搜索网络，或输入地址。</translation>
    </message>
</context>
<context>
    <name>quantwright::GraphPanel</name>
    <message>
        <source>Colour by</source>
        <translation>着色依据</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>敏感度</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Fit the whole graph (Space)</source>
        <translation>显示整个图（空格键）</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适应窗口</translation>
    </message>
    <message>
        <source>Open an ONNX model: Ctrl+O, or drop it here.
To look around first: File › Open sample.</source>
        <translation>打开 ONNX 模型：按 Ctrl+O，或将文件拖放到此处。
想先看看效果：文件 › 打开示例。</translation>
    </message>
    <message>
        <source>Graph</source>
        <translation>计算图</translation>
    </message>
    <message>
        <source>SNR alone, dB (lower = more sensitive)</source>
        <translation>单层量化信噪比 dB（越低越敏感）</translation>
    </message>
    <message>
        <source>Board time</source>
        <translation>板上耗时</translation>
    </message>
    <message>
        <source>Time on the board, µs</source>
        <translation>板上耗时，µs</translation>
    </message>
    <message>
        <source>Time on the board, ms</source>
        <translation>板上耗时，ms</translation>
    </message>
    <message>
        <source>The board&apos;s times can&apos;t be told by layer.</source>
        <translation>板上耗时无法对应到各层。</translation>
    </message>
    <message>
        <source>Not deployed yet: no time on a board is known.</source>
        <translation>尚未部署，没有板上耗时。</translation>
    </message>
    <message>
        <source>Board error</source>
        <translation>开发板误差</translation>
    </message>
    <message>
        <source>SNR on the board, dB (triangle: differs from the simulation)</source>
        <translation>开发板信噪比，dB（三角：与仿真不一致）</translation>
    </message>
    <message>
        <source>The layers were not compared on the board.</source>
        <translation>未在开发板上逐层比较。</translation>
    </message>
    <message>
        <source>Not deployed yet: no error on a board is known.</source>
        <translation>尚未部署：没有开发板误差。</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s), on the board with optimizations off</source>
        <translation>
            <numerusform>%n 张图像，板上关闭优化</numerusform>
        </translation>
    </message>
    <message>
        <source>before the last changes</source>
        <translation>最近修改之前</translation>
    </message>
    <message>
        <source>%1 · before the last changes</source>
        <translation>%1 · 最近修改之前</translation>
    </message>
</context>
<context>
    <name>quantwright::GraphView</name>
    <message>
        <source>Arranging the nodes…</source>
        <translation>正在排布节点…</translation>
    </message>
    <message>
        <source>Model graph</source>
        <translation>模型计算图</translation>
    </message>
    <message numerus="yes">
        <source>%n node(s), none selected</source>
        <translation>
            <numerusform>共 %n 个节点，未选中</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n node(s); at %1 %2</source>
        <translation>
            <numerusform>共 %n 个节点；当前为 %1 %2</numerusform>
        </translation>
    </message>
    <message>
        <source>Precision: %1</source>
        <translation>精度：%1</translation>
    </message>
    <message>
        <source>Among the most sensitive layers</source>
        <translation>属于最敏感的几层</translation>
    </message>
    <message numerus="yes">
        <source>Stands for %n layer(s): Ctrl+G or the sign in the corner shows them</source>
        <translation>
            <numerusform>由 %n 个层组成：按 Ctrl+G 或点击右下角的标记可展开</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::HistogramPanel</name>
    <message>
        <source>Activation</source>
        <translation>激活</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Histogram</source>
        <translation>直方图</translation>
    </message>
    <message>
        <source>Select a layer to see its numbers.</source>
        <translation>选中一层即可查看其数值分布。</translation>
    </message>
    <message>
        <source>No model is open.</source>
        <translation>尚未打开模型。</translation>
    </message>
    <message>
        <source>This layer&apos;s output was not observed: it holds no float32 values.</source>
        <translation>未统计该层的输出：它不是 float32 数据。</translation>
    </message>
    <message>
        <source>Calibrate to see the histogram.</source>
        <translation>校准后可查看直方图。</translation>
    </message>
    <message>
        <source>This layer has no constant weight.</source>
        <translation>该层没有常量权重。</translation>
    </message>
    <message>
        <source>Reading the weights …</source>
        <translation>正在读取权重…</translation>
    </message>
    <message>
        <source>The weights are not float32.</source>
        <translation>权重不是 float32 数据。</translation>
    </message>
    <message numerus="yes">
        <source>%n channel(s)</source>
        <translation>
            <numerusform>%n 个通道</numerusform>
        </translation>
    </message>
    <message>
        <source>widest channel %1× the narrowest</source>
        <translation>最宽通道是最窄通道的 %1 倍</translation>
    </message>
    <message>
        <source>%1 values, kept in float</source>
        <translation>%1 个数值，保持浮点</translation>
    </message>
    <message>
        <source>in range %1</source>
        <translation>范围内 %1</translation>
    </message>
    <message>
        <source>clipped %1</source>
        <translation>截断 %1</translation>
    </message>
    <message>
        <source>this tensor %1</source>
        <translation>本张量 %1</translation>
    </message>
    <message>
        <source>%1 values · dynamic: each run finds its input&apos;s range, no fixed range here</source>
        <translation>%1 个值 · 动态：每次运行时求输入范围，此处没有固定范围</translation>
    </message>
    <message>
        <source>%1 values · only the weights are quantized, no range here</source>
        <translation>%1 个值 · 仅量化权重，此处没有范围</translation>
    </message>
    <message>
        <source>%1 values · half precision, no range here</source>
        <translation>%1 个值 · 半精度，此处没有范围</translation>
    </message>
    <message>
        <source>output %1 (%2)</source>
        <translation>输出 %1（%2）</translation>
    </message>
</context>
<context>
    <name>quantwright::HostKeyDialog</name>
    <message>
        <source>Unknown host key</source>
        <translation>未知的主机密钥</translation>
    </message>
    <message>
        <source>%1 is not known yet.</source>
        <translation>%1 尚未被信任。</translation>
    </message>
    <message>
        <source>Fingerprint of its host key (%1):</source>
        <translation>主机密钥指纹（%1）：</translation>
    </message>
    <message>
        <source>Compare it with what the board itself says. Once accepted it is remembered, and another key will be refused.</source>
        <translation>请与开发板自身显示的指纹核对。接受后将被记住，以后密钥若有变化会被拒绝。</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>接受</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>quantwright::ImagesDialog</name>
    <message>
        <source>Images and preprocessing</source>
        <translation>图像与预处理</translation>
    </message>
    <message>
        <source>Calibration images</source>
        <translation>校准图像</translation>
    </message>
    <message>
        <source>Evaluation images</source>
        <translation>评估图像</translation>
    </message>
    <message>
        <source>the calibration images</source>
        <translation>与校准图像相同</translation>
    </message>
    <message>
        <source>class folders, where there are any</source>
        <translation>有类别子文件夹时按子文件夹</translation>
    </message>
    <message>
        <source>Inferred from the model</source>
        <translation>由模型推断</translation>
    </message>
    <message>
        <source>As chosen before</source>
        <translation>沿用之前的设置</translation>
    </message>
    <message>
        <source>From a file…</source>
        <translation>从文件读取…</translation>
    </message>
    <message>
        <source>Grey</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source>Preprocessing</source>
        <translation>预处理</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>均值</translation>
    </message>
    <message>
        <source>Standard deviation</source>
        <translation>标准差</translation>
    </message>
    <message>
        <source>Use these</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
    <message>
        <source>Browse: %1</source>
        <translation>浏览：%1</translation>
    </message>
    <message>
        <source>Preprocessing file</source>
        <translation>预处理文件</translation>
    </message>
    <message>
        <source>Mean and standard deviation need one number for each channel.</source>
        <translation>均值和标准差的个数须与通道数相同，标准差须大于零。</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) there</source>
        <translation>
            <numerusform>共 %n 张图像</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, the first %2 are used</source>
        <extracomment>How many images a folder or list has; of how many the first are used</extracomment>
        <translation>%1，使用前 %2 张</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>List or array (.txt, .npy, .npz)…</source>
        <translation>列表或数组（.txt、.npy、.npz）…</translation>
    </message>
    <message>
        <source>Other inputs</source>
        <translation>其他输入</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Calibration: images, .npy, .npz or .raw</source>
        <translation>校准：图像、.npy、.npz 或 .raw</translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>%1, evaluation</source>
        <translation>%1，评估</translation>
    </message>
    <message>
        <source>the same</source>
        <translation>与校准相同</translation>
    </message>
    <message numerus="yes">
        <source>%n sample(s) there</source>
        <translation>
            <numerusform>共 %n 个样本</numerusform>
        </translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>文件…</translation>
    </message>
</context>
<context>
    <name>quantwright::ImproveDialog</name>
    <message>
        <source>Improve</source>
        <translation>改进</translation>
    </message>
    <message>
        <source>Looks for better numbers at the same integer cost: no layer becomes wider or float. Every step is judged on images that it was not made from, and kept only where it helps there.</source>
        <translation>在整数位宽不变的前提下寻找更好的数值：不会把任何层变宽，也不会改回浮点。每一步都用未参与求解的图像评判，确有改善才保留。</translation>
    </message>
    <message>
        <source>Choose images…</source>
        <translation>选择图像…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>What the steps that are done have given is kept.</source>
        <translation>已完成步骤的结果会保留。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Take back</source>
        <translation>撤回改进</translation>
    </message>
    <message>
        <source>%1 · %2 left</source>
        <translation>%1 · 剩余 %2</translation>
    </message>
    <message>
        <source>Improving…</source>
        <translation>正在改进…</translation>
    </message>
    <message>
        <source>It was cancelled: the steps that were done are kept.</source>
        <translation>已取消：保留已完成的步骤。</translation>
    </message>
    <message>
        <source>The plan, the images or the statistics are others now: improve again.</source>
        <translation>方案、图像或统计数据已变更，请重新改进。</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>已保留</translation>
    </message>
    <message>
        <source>not kept: no gain</source>
        <translation>未保留：无改善</translation>
    </message>
</context>
<context>
    <name>quantwright::ImproveText</name>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Fast</source>
        <translation>快速</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>最佳</translation>
    </message>
    <message>
        <source>Values are rounded to the nearest code, ranges are the plan&apos;s.</source>
        <translation>数值取最近的编码，范围取自方案。</translation>
    </message>
    <message>
        <source>Tries other ranges and corrects biases, layer by layer. Takes about as long as a calibration.</source>
        <translation>尝试其他范围，并逐层校正偏置。耗时与校准相当。</translation>
    </message>
    <message>
        <source>Besides, rounds weights so that their errors make up for each other. Takes several times as long.</source>
        <translation>此外让权重的舍入误差相互抵消。耗时为前者的数倍。</translation>
    </message>
    <message>
        <source>Don&apos;t improve</source>
        <translation>不改进</translation>
    </message>
    <message>
        <source>Improve (fast)</source>
        <translation>改进（快速）</translation>
    </message>
    <message>
        <source>Improve (best)</source>
        <translation>改进（最佳）</translation>
    </message>
    <message>
        <source>no gain</source>
        <translation>无改善</translation>
    </message>
    <message>
        <source>Improvement taken back</source>
        <translation>已撤回改进</translation>
    </message>
    <message>
        <source>%1: %2 in %3</source>
        <translation>%1：%2，用时 %3</translation>
    </message>
    <message>
        <source>%1 (cancelled; the steps that were done are kept)</source>
        <translation>%1（已取消，保留已完成的步骤）</translation>
    </message>
    <message numerus="yes">
        <source>%1 on %n image(s) that it was not made from</source>
        <translation>
            <numerusform>%1（%n 张未参与求解的图像）</numerusform>
        </translation>
    </message>
    <message>
        <source>No step helped: the plan stays as it is.</source>
        <translation>各步骤均无改善，方案保持不变。</translation>
    </message>
</context>
<context>
    <name>quantwright::InspectorPanel</name>
    <message>
        <source>Inspector</source>
        <translation>属性</translation>
    </message>
    <message>
        <source>Activation (output)</source>
        <translation>激活（输出）</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>模式</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>映射</translation>
    </message>
    <message>
        <source>Granularity</source>
        <translation>粒度</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>阈值方法</translation>
    </message>
    <message>
        <source>Percentile</source>
        <translation>百分位</translation>
    </message>
    <message>
        <source>Stored as</source>
        <translation>存储为</translation>
    </message>
    <message>
        <source>Clip range</source>
        <translation>截断范围</translation>
    </message>
    <message>
        <source>No model is open.</source>
        <translation>尚未打开模型。</translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s)</source>
        <translation>
            <numerusform>%n 层</numerusform>
        </translation>
    </message>
    <message>
        <source>parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>%1 of %2 layers quantized</source>
        <translation>已量化 %1 层，共 %2 层</translation>
    </message>
    <message>
        <source>Select layers in the graph, the outline or the table to see and change how they are quantized.</source>
        <translation>在计算图、结构树或层列表中选中若干层，即可查看和修改其量化方式。</translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s) selected</source>
        <translation>
            <numerusform>已选中 %n 层</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 parameters · what you choose goes to all of them</source>
        <translation>共 %1 个参数 · 修改将应用到所有选中的层</translation>
    </message>
    <message>
        <source>%1 params</source>
        <translation>%1 参数</translation>
    </message>
    <message>
        <source>SNR alone %1, rank %2</source>
        <translation>单层信噪比 %1，第 %2 位</translation>
    </message>
    <message>
        <source>Observed %1 … %2</source>
        <translation>实测范围 %1 … %2</translation>
    </message>
    <message>
        <source>Scale %1 · zero point %2</source>
        <translation>缩放系数 %1 · 零点 %2</translation>
    </message>
    <message numerus="yes">
        <source>… and %n more</source>
        <translation>
            <numerusform>……另有 %n 条</numerusform>
        </translation>
    </message>
    <message>
        <source>codes %1 … %2</source>
        <translation>码值 %1 … %2</translation>
    </message>
    <message>
        <source>The model brings its own quantization (QAT): it is kept until you change it.</source>
        <translation>模型自带量化参数（QAT）：未改动前保持不变。</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>Block size</source>
        <translation>分块大小</translation>
    </message>
    <message>
        <source>Codes</source>
        <translation>码值范围</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>缩放约束</translation>
    </message>
    <message>
        <source>Divisor</source>
        <translation>对称除数</translation>
    </message>
    <message>
        <source>Rounding</source>
        <translation>舍入</translation>
    </message>
    <message numerus="yes">
        <source>Advanced: %n chosen here</source>
        <translation>
            <numerusform>高级：此处已选 %n 项</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n scale(s)</source>
        <translation>
            <numerusform>%n 个缩放因子</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n part(s)</source>
        <translation>
            <numerusform>%n 个组成部分</numerusform>
        </translation>
    </message>
    <message>
        <source>weights %1, activations %2</source>
        <translation>仅权重 %1，仅激活 %2</translation>
    </message>
    <message>
        <source>here with all quantized %1</source>
        <translation>全部量化时此处 %1</translation>
    </message>
    <message>
        <source>all but this one %1</source>
        <translation>仅保留该层浮点 %1</translation>
    </message>
    <message>
        <source>before the last changes</source>
        <translation>最近修改之前</translation>
    </message>
</context>
<context>
    <name>quantwright::KeyPage</name>
    <message>
        <source>The file is there already, and is not replaced. Use it as it is, or choose another name.</source>
        <translation>该文件已存在，不会被替换。请直接使用它，或换一个文件名。</translation>
    </message>
    <message>
        <source>The two passphrases differ.</source>
        <translation>两次输入的口令不一致。</translation>
    </message>
    <message>
        <source>The key is on the board, but the board does not take it. This lets keys in; then try again.</source>
        <translation>密钥已安装到开发板，但开发板不接受它。执行以下命令即可允许使用密钥，然后重试。</translation>
    </message>
    <message>
        <source>Private key</source>
        <translation>私钥</translation>
    </message>
    <message>
        <source>Signed in as %1</source>
        <translation>已登录：%1</translation>
    </message>
    <message>
        <source>With a key no password is needed any more, and deployments run by themselves. The board gets its public half only; the private one stays on this computer.</source>
        <translation>有了密钥就不再需要密码，部署可以自动进行。开发板只会得到公钥，私钥留在本机。</translation>
    </message>
    <message>
        <source>No password was needed: a key lets you in already. There is nothing to do here, unless this program is to have a key of its own.</source>
        <translation>无需密码：已有密钥可以登录。除非要为本程序单独使用一个密钥，否则这里无需操作。</translation>
    </message>
    <message>
        <source>Make a new key</source>
        <translation>创建新密钥</translation>
    </message>
    <message>
        <source>File of the new key</source>
        <translation>新密钥的文件</translation>
    </message>
    <message>
        <source>Passphrase (optional)</source>
        <translation>口令（可选）</translation>
    </message>
    <message>
        <source>Passphrase again</source>
        <translation>再次输入口令</translation>
    </message>
    <message>
        <source>A passphrase encrypts the key on this computer, and is asked for when it is used.</source>
        <translation>口令用于加密本机上的密钥，使用密钥时会要求输入。</translation>
    </message>
    <message>
        <source>Use a key that is there</source>
        <translation>使用已有的密钥</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
    <message>
        <source>No key: ask for the password whenever it is needed</source>
        <translation>不使用密钥：需要时询问密码</translation>
    </message>
    <message>
        <source>Go on as it is</source>
        <translation>保持现状并继续</translation>
    </message>
</context>
<context>
    <name>quantwright::LayerModel</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Op</source>
        <translation>算子</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>Params</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>MACs</source>
        <translation>乘加数</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重粒度</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>阈值方法</translation>
    </message>
    <message>
        <source>SNR alone</source>
        <translation>单层信噪比</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>排名</translation>
    </message>
    <message>
        <source>Kept float</source>
        <translation>保持浮点原因</translation>
    </message>
    <message>
        <source>Board</source>
        <translation>开发板</translation>
    </message>
    <message>
        <source>Board SNR</source>
        <translation>板上信噪比</translation>
    </message>
    <message>
        <source>On the board this layer gives something else than in the simulation.</source>
        <translation>该层在开发板上的结果与仿真不一致。</translation>
    </message>
    <message>
        <source>open</source>
        <translation>已展开</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>已收起</translation>
    </message>
    <message>
        <source>± is one standard error: what other images would change.</source>
        <translation>± 为一倍标准误差：换用其他图像时的波动幅度。</translation>
    </message>
    <message>
        <source>These images do not tell the layers of ranks %1 to %2 apart.</source>
        <translation>仅凭这些图像，无法区分排名第 %1 至第 %2 的层。</translation>
    </message>
    <message>
        <source>Measured before the last changes: analyze again.</source>
        <translation>结果来自最近修改之前，已过期，请重新分析。</translation>
    </message>
</context>
<context>
    <name>quantwright::LayerText</name>
    <message>
        <source>This operator has no dynamic form here.</source>
        <translation>该算子在此没有动态形式。</translation>
    </message>
    <message>
        <source>Blocks of %1</source>
        <translation>%1 个一块</translation>
    </message>
    <message>
        <source>At run time</source>
        <translation>运行时</translation>
    </message>
    <message>
        <source>As given</source>
        <translation>模型自带</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n part(s) quantized</source>
        <translation>
            <numerusform>%n 个组成部分中有 %1 个已量化</numerusform>
        </translation>
    </message>
    <message>
        <source>Improved</source>
        <translation>已改进</translation>
    </message>
</context>
<context>
    <name>quantwright::LayersTable</name>
    <message>
        <source>Layers</source>
        <translation>层列表</translation>
    </message>
</context>
<context>
    <name>quantwright::LogPanel</name>
    <message>
        <source>Opened %1</source>
        <translation>已打开 %1</translation>
    </message>
    <message>
        <source>Images: %1</source>
        <translation>图像：%1</translation>
    </message>
    <message numerus="yes">
        <source>Calibrated on %n image(s) in %1 s</source>
        <translation>
            <numerusform>用 %n 张图像完成校准，耗时 %1 秒</numerusform>
        </translation>
    </message>
    <message>
        <source>Analyzed %1 layers on %2 images</source>
        <translation>用 %2 张图像分析了 %1 层</translation>
    </message>
    <message>
        <source>Exported %1, %2 of %3 layers quantized</source>
        <translation>已导出 %1，量化 %2 层，共 %3 层</translation>
    </message>
    <message numerus="yes">
        <source>Evaluated on %n image(s)</source>
        <translation>
            <numerusform>用 %n 张图像完成评估</numerusform>
        </translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>已保存 %1</translation>
    </message>
    <message>
        <source>Failed: %1</source>
        <translation>失败：%1</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>What was done</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>On the command line</source>
        <translation>等价命令行</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message numerus="yes">
        <source>Exported %1, %n entry(s)</source>
        <translation>
            <numerusform>已导出 %1，%n 项</numerusform>
        </translation>
    </message>
    <message>
        <source>Deployed to %1: median %2 ms</source>
        <translation>已部署到 %1：中位数 %2 ms</translation>
    </message>
    <message>
        <source>Report: %1</source>
        <translation>报告：%1</translation>
    </message>
    <message>
        <source>Task: %1</source>
        <translation>任务：%1</translation>
    </message>
    <message>
        <source>Task: as it is recognised</source>
        <translation>任务：自动识别</translation>
    </message>
</context>
<context>
    <name>quantwright::MainWindow</name>
    <message>
        <source>Problems %1</source>
        <translation>问题 %1</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Quantwright</source>
        <translation>量匠</translation>
    </message>
    <message>
        <source>%1[*] – Quantwright</source>
        <translation>%1[*] – 量匠</translation>
    </message>
    <message numerus="yes">
        <source>%n calibration image(s)</source>
        <translation>
            <numerusform>%n 张校准图像</numerusform>
        </translation>
    </message>
    <message>
        <source>no images chosen</source>
        <translation>未选择图像</translation>
    </message>
    <message>
        <source>No model is open.</source>
        <translation>尚未打开模型。</translation>
    </message>
    <message>
        <source>Target %1</source>
        <translation>目标 %1</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层列表</translation>
    </message>
    <message>
        <source>Histogram</source>
        <translation>直方图</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Clear the list</source>
        <translation>清空列表</translation>
    </message>
    <message>
        <source>Save project</source>
        <translation>保存工程</translation>
    </message>
    <message>
        <source>Projects (*.qwproj)</source>
        <translation>工程 (*.qwproj)</translation>
    </message>
    <message>
        <source>Preset %1</source>
        <translation>预设 %1</translation>
    </message>
    <message>
        <source>Board</source>
        <translation>开发板</translation>
    </message>
    <message>
        <source>Open model, project or xslim file</source>
        <translation>打开模型、工程或 xslim 文件</translation>
    </message>
    <message>
        <source>Models, projects and xslim files (*.onnx *.qwproj *.json);;All files (*)</source>
        <translation>模型、工程与 xslim 文件 (*.onnx *.qwproj *.json);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
</context>
<context>
    <name>quantwright::Messages</name>
    <message>
        <source>Quantwright</source>
        <translation>量匠</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Save the changes to %1?</source>
        <translation>是否保存对 %1 的修改？</translation>
    </message>
    <message>
        <source>Plan, images and statistics go into a project file.</source>
        <translation>量化方案、图像设置和统计数据将保存到工程文件。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>不保存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>About Quantwright</source>
        <translation>关于量匠</translation>
    </message>
    <message>
        <source>Quantwright %1</source>
        <translation>量匠 %1</translation>
    </message>
    <message>
        <source>A workbench for quantizing ONNX models.

ONNX Runtime %1 · Qt %2
Free software under the GNU General Public License, version 3 or later.</source>
        <translation>ONNX 模型量化工作台。

ONNX Runtime %1 · Qt %2
自由软件，遵循 GNU 通用公共许可证第 3 版或更高版本。</translation>
    </message>
</context>
<context>
    <name>quantwright::OutlinePanel</name>
    <message>
        <source>Outline</source>
        <translation>结构</translation>
    </message>
    <message>
        <source>Find layer or tensor  Ctrl+F</source>
        <translation>查找层或张量  Ctrl+F</translation>
    </message>
    <message>
        <source>Find layer or tensor</source>
        <translation>查找层或张量</translation>
    </message>
</context>
<context>
    <name>quantwright::Preprocess</name>
    <message>
        <source>bilinear, antialiased</source>
        <translation>双线性，抗锯齿</translation>
    </message>
    <message>
        <source>bicubic, antialiased</source>
        <translation>双三次，抗锯齿</translation>
    </message>
    <message>
        <source>area</source>
        <translation>区域插值</translation>
    </message>
    <message>
        <source>linear</source>
        <translation>线性插值</translation>
    </message>
    <message>
        <source>nearest</source>
        <translation>最近邻</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source>short side to %1 (%2)</source>
        <translation>短边缩放到 %1（%2）</translation>
    </message>
    <message>
        <source>stretched to %1 (%2)</source>
        <translation>拉伸到 %1（%2）</translation>
    </message>
    <message>
        <source>fitted into %1 (%2)</source>
        <translation>等比缩放到 %1 以内（%2）</translation>
    </message>
    <message>
        <source>padded by %1, %2, %3, %4</source>
        <translation>填充 %1, %2, %3, %4</translation>
    </message>
    <message>
        <source>centre %1</source>
        <translation>中心裁剪 %1</translation>
    </message>
    <message>
        <source>scale %1, mean %2, std %3</source>
        <translation>系数 %1，均值 %2，标准差 %3</translation>
    </message>
</context>
<context>
    <name>quantwright::ProblemsPanel</name>
    <message>
        <source>Severity</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>处理办法</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>问题</translation>
    </message>
</context>
<context>
    <name>quantwright::QuestionPage</name>
    <message>
        <source>Accept</source>
        <translation>接受</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>That was not right. Try again.</source>
        <translation>输入不正确，请重试。</translation>
    </message>
    <message>
        <source>Is it this board?</source>
        <translation>是这块开发板吗？</translation>
    </message>
    <message>
        <source>%1 is not known yet. Fingerprint of its host key (%2):</source>
        <translation>%1 尚未被信任。其主机密钥指纹（%2）：</translation>
    </message>
    <message>
        <source>Compare it with what “ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub” says on the board itself. Once accepted it is remembered, and another key will be refused.</source>
        <translation>请与在开发板上执行“ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub”的输出核对。接受后将被记住，以后密钥若有变化会被拒绝。</translation>
    </message>
    <message>
        <source>Password of %1</source>
        <translation>%1 的密码</translation>
    </message>
    <message>
        <source>It is needed once: a key can let you in from the next step on. The password itself is written nowhere.</source>
        <translation>只需输入一次：下一步可改用密钥登录。密码不会被保存到任何地方。</translation>
    </message>
    <message>
        <source>Passphrase of the key %1</source>
        <translation>密钥 %1 的口令</translation>
    </message>
    <message>
        <source>It opens the key on this computer and is not sent to the board.</source>
        <translation>用于解锁本机上的密钥，不会发送到开发板。</translation>
    </message>
    <message>
        <source>The board asks: %1</source>
        <translation>开发板询问：%1</translation>
    </message>
</context>
<context>
    <name>quantwright::ResultPicture</name>
    <message>
        <source>Float</source>
        <translation>浮点</translation>
    </message>
    <message>
        <source>Quantized</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>This result was not kept: evaluate again to see it.</source>
        <translation>该结果未保留：重新评估即可查看。</translation>
    </message>
</context>
<context>
    <name>quantwright::ResultsView</name>
    <message>
        <source>All classes</source>
        <translation>全部类别</translation>
    </message>
    <message>
        <source>No image&apos;s result changed.</source>
        <translation>没有图像的结果发生变化。</translation>
    </message>
    <message>
        <source>No image is shown.</source>
        <translation>没有可显示的图像。</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>有变化</translation>
    </message>
    <message>
        <source>Only images whose result quantizing changed</source>
        <translation>只显示量化后结果有变化的图像</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Only images and results of this class</source>
        <translation>只显示该类别的图像和结果</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Enlarge</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Give the pictures the room of the graph</source>
        <translation>让图像占用网络图的空间</translation>
    </message>
    <message>
        <source>Previous image (←)</source>
        <translation>上一张（←）</translation>
    </message>
    <message>
        <source>Next image (→)</source>
        <translation>下一张（→）</translation>
    </message>
    <message>
        <source>Whole image (0)</source>
        <translation>整张图像（0）</translation>
    </message>
</context>
<context>
    <name>quantwright::SecretDialog</name>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Password of %1</source>
        <translation>%1 的密码</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>密钥口令</translation>
    </message>
    <message>
        <source>Passphrase of the key %1</source>
        <translation>密钥 %1 的口令</translation>
    </message>
    <message>
        <source>The board asks</source>
        <translation>开发板询问</translation>
    </message>
    <message>
        <source>That was not right. Try again.</source>
        <translation>输入有误，请重试。</translation>
    </message>
    <message>
        <source>Remember in the system&apos;s keychain</source>
        <translation>记住到系统钥匙串</translation>
    </message>
    <message>
        <source>Otherwise it is kept in memory until the program ends, and written nowhere.</source>
        <translation>否则仅在程序运行期间保存在内存中，不会写入任何文件。</translation>
    </message>
    <message>
        <source>There is no keychain here: it is kept in memory until the program ends, and written nowhere.</source>
        <translation>此处没有系统钥匙串：仅在程序运行期间保存在内存中，不会写入任何文件。</translation>
    </message>
    <message>
        <source>The keychain is locked: it is kept in memory until the program ends, and written nowhere.</source>
        <translation>钥匙串已锁定：仅在程序运行期间保存在内存中，不会写入任何文件。</translation>
    </message>
    <message>
        <source>The keychain does not answer: it is kept in memory until the program ends, and written nowhere.</source>
        <translation>钥匙串没有响应：仅在程序运行期间保存在内存中，不会写入任何文件。</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>quantwright::ShapeDialog</name>
    <message>
        <source>Input shapes</source>
        <translation>输入形状</translation>
    </message>
    <message>
        <source>%1 leaves dimensions open. Which sizes will it run with?</source>
        <translation>%1 有未确定的维度，请指定运行时的大小。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>quantwright::SignInPage</name>
    <message>
        <source>Sign in to %1</source>
        <translation>登录 %1</translation>
    </message>
    <message>
        <source>Looking for the board, and asking who it is…</source>
        <translation>正在连接开发板并确认其身份…</translation>
    </message>
</context>
<context>
    <name>quantwright::StartOptions</name>
    <message>
        <source>A workbench for quantizing ONNX models.</source>
        <translation>ONNX 模型量化工作台。</translation>
    </message>
    <message>
        <source>Calibration images: a folder or a list.</source>
        <translation>校准图像：文件夹或列表文件。</translation>
    </message>
    <message>
        <source>Language: zh or en.</source>
        <translation>界面语言：zh 或 en。</translation>
    </message>
    <message>
        <source>Open the embedded sample.</source>
        <translation>打开内置示例。</translation>
    </message>
    <message>
        <source>One file at a time.</source>
        <translation>一次只能打开一个文件。</translation>
    </message>
    <message>
        <source>The language is zh or en.</source>
        <translation>语言只能是 zh 或 en。</translation>
    </message>
    <message>
        <source>Model (.onnx), project (.qwproj) or xslim file (.json) to open.</source>
        <translation>要打开的模型（.onnx）、工程（.qwproj）或 xslim 文件（.json）。</translation>
    </message>
</context>
<context>
    <name>quantwright::StepButton</name>
    <message>
        <source>not yet</source>
        <translation>未开始</translation>
    </message>
    <message>
        <source>running</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>stale</source>
        <translation>已过期</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>%1 · %2 left</source>
        <translation>%1 · 剩 %2</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cancel: %1</source>
        <translation>取消：%1</translation>
    </message>
</context>
<context>
    <name>quantwright::StepStrip</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Calibrate</source>
        <translation>校准</translation>
    </message>
    <message>
        <source>Analyze</source>
        <translation>分析</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>Agreement</source>
        <translation>一致率</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>体积</translation>
    </message>
    <message>
        <source>The float file → the file as it would be exported.</source>
        <translation>浮点文件 → 按当前方案导出的文件。</translation>
    </message>
    <message>
        <source>Deploy</source>
        <translation>部署</translation>
    </message>
    <message>
        <source>All outputs together: %1.</source>
        <translation>全部输出合计：%1。</translation>
    </message>
    <message>
        <source>%1 of %2 images</source>
        <translation>%2 张图像中的 %1 张</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n 张图像</numerusform>
        </translation>
    </message>
    <message>
        <source>Simulated SNR</source>
        <translation>仿真信噪比</translation>
    </message>
    <message>
        <source>SNR, worst part · %1</source>
        <translation>信噪比（最差部分）· %1</translation>
    </message>
    <message>
        <source>Simulated SNR · %1</source>
        <translation>仿真信噪比 · %1</translation>
    </message>
    <message>
        <source>The target&apos;s default → the plan as it is.</source>
        <translation>目标默认设置 → 当前方案。</translation>
    </message>
    <message>
        <source>Improve</source>
        <translation>改进</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>剩余 %1</translation>
    </message>
    <message>
        <source>Task: %1</source>
        <translation>任务：%1</translation>
    </message>
</context>
<context>
    <name>quantwright::TailImages</name>
    <message>
        <source>Images in the tail</source>
        <translation>尾部来源图像</translation>
    </message>
    <message>
        <source>%1: largest absolute value %2</source>
        <translation>%1：最大绝对值 %2</translation>
    </message>
</context>
<context>
    <name>quantwright::TaskDialog</name>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>As it is recognised</source>
        <translation>自动识别</translation>
    </message>
    <message>
        <source>Now: %1. %2</source>
        <translation>当前：%1。%2</translation>
    </message>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
    <message>
        <source>Decoder</source>
        <translation>解码器</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>得分</translation>
    </message>
    <message>
        <source>From here on a detection is shown, and counts as truth where float&apos;s detections are the truth</source>
        <translation>得分不低于此值的检测才显示；以浮点检测为真值时也以此为准</translation>
    </message>
    <message>
        <source>IoU</source>
        <translation>IoU 阈值</translation>
    </message>
    <message>
        <source>A box that overlaps a better one by more is suppressed</source>
        <translation>与更优框的重叠超过此值的框会被抑制</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>阈值</translation>
    </message>
    <message>
        <source>Of a single channel</source>
        <translation>用于单通道输出</translation>
    </message>
    <message>
        <source>Ignored class</source>
        <translation>忽略的类别</translation>
    </message>
    <message>
        <source>Of the labels, counts nowhere</source>
        <translation>标签中的该类别不参与计算</translation>
    </message>
    <message>
        <source>Characters</source>
        <translation>字符表</translation>
    </message>
    <message>
        <source>A file with one character a line</source>
        <translation>每行一个字符的文件</translation>
    </message>
    <message>
        <source>Blank</source>
        <translation>空白符</translation>
    </message>
    <message>
        <source>Index of the class that means: no character</source>
        <translation>表示“无字符”的类别序号</translation>
    </message>
    <message>
        <source>An option a line, as --task-set takes it: key=value</source>
        <translation>每行一个选项，写法同 --task-set：键=值</translation>
    </message>
    <message>
        <source>More options</source>
        <translation>更多选项</translation>
    </message>
    <message>
        <source>Use this</source>
        <translation>采用</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
</TS>
