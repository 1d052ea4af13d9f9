// torchvision.datasets, and tables in files

export { CIFAR10, CIFAR100 } from "./cifar.js";
export { DatasetFolder, default_loader, IMG_EXTENSIONS, ImageFolder } from "./folder.js";
export { FashionMNIST, KMNIST, MNIST } from "./mnist.js";
export { CSVDataset, ParquetDataset, type Row } from "./table.js";
export { VisionDataset } from "./vision.js";
