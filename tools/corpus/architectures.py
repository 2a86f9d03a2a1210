"""The architectures: how each is built without trained weights, and the side of its image in pixels."""

import timm
import torch
import torchvision
import transformers


class Logits(torch.nn.Module):
    """A network of transformers, returning its logits alone."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, image):
        return self.network(image).logits


def from_torchvision(name, size=64, **settings):
    return lambda: torchvision.models.get_model(name, weights=None, num_classes=10, **settings), size


def built(make, size=64):
    """A network of torchvision with fewer blocks than those it is published with."""
    return lambda: make(torchvision.models), size


def narrow_head(make, features, size):
    """VGG and AlexNet, whose dense layers would be 95 % of the file."""

    def build():
        network = make(torchvision.models)
        network.classifier = torch.nn.Sequential(torch.nn.Linear(features, 32), torch.nn.ReLU(), torch.nn.Dropout(), torch.nn.Linear(32, 10))
        return network

    return build, size


def small_convnext(models):
    block = models.convnext.CNBlockConfig
    return models.ConvNeXt([block(24, 48, 1), block(48, 96, 1), block(96, None, 2)], num_classes=10)


def small_swin(models, version):
    layers = {} if version == 1 else {"block": models.swin_transformer.SwinTransformerBlockV2, "downsample_layer": models.swin_transformer.PatchMergingV2}
    return models.SwinTransformer([4, 4], 24, [2, 2], [2, 4], [4, 4], num_classes=10, **layers)


def from_timm(name, size=64, **settings):
    return lambda: timm.create_model(name, pretrained=False, num_classes=10, **settings), size


def from_transformers(kind, config, size=64, **settings):
    def build():
        configuration = getattr(transformers, config)(num_labels=10, **settings)
        return Logits(getattr(transformers, kind)(configuration))

    return build, size


small = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 128}
vision = {**small, "image_size": 64, "patch_size": 16}

architectures = {
    # torchvision
    "tv_alexnet": narrow_head(lambda models: models.AlexNet(), 256 * 36, 224),
    "tv_vgg11_bn": narrow_head(lambda models: models.VGG(models.vgg.make_layers([32, "M", 64, "M", 64, 64, "M"], batch_norm=True)), 64 * 49, 56),
    "tv_vgg11": narrow_head(lambda models: models.VGG(models.vgg.make_layers([32, "M", 64, "M", 64, 64, "M"])), 64 * 49, 56),
    "tv_squeezenet1_1": from_torchvision("squeezenet1_1"),
    "tv_resnet18": from_torchvision("resnet18"),
    "tv_resnext50": built(lambda models: models.ResNet(models.resnet.Bottleneck, [1, 1, 1, 2], 10, groups=8, width_per_group=4)),
    "tv_resnet50": built(lambda models: models.ResNet(models.resnet.Bottleneck, [1, 1, 1, 2], 10)),
    "tv_densenet": built(lambda models: models.DenseNet(8, (2, 3, 2, 2), 16, num_classes=10)),
    "tv_googlenet": from_torchvision("googlenet", aux_logits=False, init_weights=False),
    "tv_inception_v3": from_torchvision("inception_v3", 128, aux_logits=False, init_weights=False),
    "tv_mobilenet_v2": from_torchvision("mobilenet_v2"),
    "tv_mobilenet_v3_small": from_torchvision("mobilenet_v3_small"),
    "tv_mnasnet0_5": from_torchvision("mnasnet0_5"),
    "tv_shufflenet_v2": from_torchvision("shufflenet_v2_x0_5"),
    "tv_efficientnet_b0": from_torchvision("efficientnet_b0"),
    "tv_efficientnet_v2_s": built(lambda models: models.EfficientNet([models.efficientnet.FusedMBConvConfig(1, 3, 1, 24, 24, 1), models.efficientnet.FusedMBConvConfig(4, 3, 2, 24, 48, 2), models.efficientnet.MBConvConfig(4, 3, 2, 48, 64, 2)], 0.2, num_classes=10)),
    "tv_regnet_y_400mf": from_torchvision("regnet_y_400mf"),
    "tv_convnext_tiny": built(small_convnext),
    "tv_vit_b_16": built(lambda models: models.VisionTransformer(64, 16, 2, 2, 64, 128, num_classes=10)),
    "tv_swin_t": built(lambda models: small_swin(models, 1)),
    "tv_swin_v2_t": built(lambda models: small_swin(models, 2)),
    "tv_maxvit_t": built(lambda models: models.MaxVit((64, 64), 16, 2, [16, 32], [1, 1], 8, 0.0, num_classes=10)),
    # timm
    "resnetv2_bit": from_timm("resnetv2_50x1_bit"),
    "nf_resnet26": from_timm("nf_resnet26"),
    "dm_nfnet_f0": from_timm("test_nfnet", 96),
    "repvgg_a0": from_timm("repvgg_a0"),
    "ghostnet": from_timm("ghostnet_050"),
    "hrnet": from_timm("hrnet_w18_small"),
    "dla34": from_timm("dla34"),
    "cspresnet50": from_timm("cspresnet50"),
    "res2net50": from_timm("res2net50_26w_4s"),
    "seresnet18": from_timm("seresnet18"),
    "resnest14d": from_timm("resnest14d"),
    "coatnet": from_timm("coatnet_nano_rw_224", 224),
    "mixer": from_timm("mixer_s32_224", 64, img_size=64),
    "poolformer": from_timm("poolformer_s12"),
    "levit": from_timm("levit_128s", 224),
    "xcit": from_timm("xcit_nano_12_p16_224"),
    "mobilevit": from_timm("mobilevit_xxs"),
    "mobilevitv2": from_timm("mobilevitv2_050"),
    "efficientformer": from_timm("efficientformer_l1", 224),
    "fastvit": from_timm("fastvit_t8", 64, layers=(1, 1, 1, 1)),
    "edgenext": from_timm("edgenext_xx_small"),
    "mobilenetv4": from_timm("mobilenetv4_conv_small"),
    "tf_efficientnet": from_timm("tf_efficientnet_b0"),
    "botnet": from_timm("botnet26t_256", 256),
    "eva02": from_timm("eva02_tiny_patch14_224", 56, img_size=56),
    "swin": from_timm("swin_tiny_patch4_window7_224", 224),
    "swinv2": from_timm("swinv2_tiny_window8_256", 256),
    "maxvit": from_timm("maxvit_nano_rw_256", 256),
    "convnext": from_timm("convnext_atto"),
    "convnextv2": from_timm("convnextv2_atto"),
    "vit_tiny": from_timm("vit_tiny_patch16_224", 64, img_size=64),
    "vit_map": from_timm("vit_base_patch16_siglip_224", 64, img_size=64, depth=2),
    "deit_distilled": from_timm("deit_tiny_distilled_patch16_224", 64, img_size=64, depth=2),
    "beit": from_timm("beit_base_patch16_224", 64, img_size=64, depth=2),
    "cait": from_timm("cait_xxs24_224", 64, img_size=64, depth=2),
    "pvt_v2": from_timm("pvt_v2_b0", 64, depths=(1, 1, 1, 1)),
    "twins": from_timm("twins_svt_small", 64, depths=[1, 1, 2, 1]),
    "coat": from_timm("coat_lite_tiny", 64, img_size=64, serial_depths=(1, 1, 1, 1)),
    "crossvit": from_timm("crossvit_tiny_240", 240),
    "volo": from_timm("volo_d1_224", 224),
    "visformer": from_timm("visformer_tiny", 64, img_size=64, depth=(2, 1, 1)),
    "focalnet": from_timm("focalnet_tiny_srf"),
    "davit": from_timm("davit_tiny", 64, depths=(1, 1, 1, 1)),
    "gcresnet": from_timm("gcresnet50t"),
    "lambda_resnet": from_timm("lambda_resnet26t", 256),
    "halonet": from_timm("halonet26t", 256),
    "resmlp": from_timm("resmlp_12_224", 64, img_size=64),
    "gmlp": from_timm("gmlp_ti16_224", 64, img_size=64),
    "convmixer": from_timm("convmixer_768_32", 64),
    "inception_next": from_timm("inception_next_atto", 64, depths=(1, 1, 2, 1)),
    "tiny_vit": from_timm("tiny_vit_5m_224", 224, depths=[1, 1, 2, 1]),
    "efficientvit": from_timm("efficientvit_b0"),
    "repvit": from_timm("repvit_m0_9"),
    "hgnet": from_timm("hgnetv2_b0"),
    "selecsls": from_timm("selecsls42b"),
    "vovnet": from_timm("ese_vovnet19b_dw"),
    "xception": from_timm("xception41", 96),
    "nasnet": from_timm("pnasnet5large", 96),
    "mobileone": from_timm("mobileone_s0"),
    "tinynet": from_timm("tinynet_e"),
    "mixnet": from_timm("mixnet_s"),
    "rexnet": from_timm("rexnet_100"),
    "hiera": from_timm("hiera_tiny_224", 224, stages=(1, 1, 2, 1)),
    "mambaout": from_timm("test_mambaout"),
    "starnet": from_timm("starnet_s050"),
    "pit": from_timm("pit_ti_224", 224, depths=[1, 2, 1]),
    "tnt": from_timm("tnt_s_legacy_patch16_224", 224, depth=2),
    "convit": from_timm("convit_tiny", 224, depth=3, local_up_to_layer=2),
    "nest": from_timm("nest_tiny", 224, depths=(1, 1, 2)),
    "mvitv2": from_timm("mvitv2_tiny", 224),
    "swiftformer": from_timm("swiftformer_xs", 224, layers=[1, 1, 2, 1]),
    "ecaresnet": from_timm("ecaresnet26t"),
    "skresnet": from_timm("skresnet18"),
    "evonorm": from_timm("test_efficientnet_evos"),
    "vit_relpos": from_timm("test_vit_relpos", 160),
    "vit_registers": from_timm("vit_little_patch16_reg1_gap_256", 64, img_size=64, depth=2),
    "sequencer2d": from_timm("sequencer2d_s", 224),
    "test_vit": from_timm("test_vit", 160),
    # transformers
    "hf_vit": from_transformers("ViTForImageClassification", "ViTConfig", **vision),
    "hf_deit": from_transformers("DeiTForImageClassification", "DeiTConfig", **vision),
    "hf_deit_teacher": from_transformers("DeiTForImageClassificationWithTeacher", "DeiTConfig", **vision),
    "hf_beit": from_transformers("BeitForImageClassification", "BeitConfig", **vision),
    "hf_swin": from_transformers(
        "SwinForImageClassification", "SwinConfig", image_size=64, embed_dim=24, depths=[2, 2], num_heads=[2, 2], window_size=4
    ),
    "hf_convnextv2": from_transformers(
        "ConvNextV2ForImageClassification", "ConvNextV2Config", hidden_sizes=[16, 32, 48, 64], depths=[1, 1, 2, 1]
    ),
    "hf_dinov2": from_transformers("Dinov2ForImageClassification", "Dinov2Config", mlp_ratio=2, **{k: v for k, v in vision.items() if k != "intermediate_size"}),
    "hf_dinov2_registers": from_transformers(
        "Dinov2WithRegistersForImageClassification", "Dinov2WithRegistersConfig", mlp_ratio=2, **{k: v for k, v in vision.items() if k != "intermediate_size"}
    ),
    "hf_clip": from_transformers("CLIPForImageClassification", "CLIPConfig", vision_config=vision, text_config=small),
    "hf_siglip": from_transformers("SiglipForImageClassification", "SiglipConfig", vision_config=vision, text_config=small),
    "hf_mobilevit": from_transformers(
        "MobileViTForImageClassification", "MobileViTConfig", image_size=64, hidden_sizes=[32, 48, 64], neck_hidden_sizes=[16, 16, 24, 32, 48, 64, 96], initializer_range=0.2
    ),
    "hf_resnet": from_transformers(
        "ResNetForImageClassification", "ResNetConfig", embedding_size=16, hidden_sizes=[16, 32], depths=[1, 1], layer_type="basic"
    ),
    "hf_regnet": from_transformers("RegNetForImageClassification", "RegNetConfig", embedding_size=16, hidden_sizes=[16, 32], depths=[1, 1], groups_width=8),
    "hf_mobilenet_v2": from_transformers("MobileNetV2ForImageClassification", "MobileNetV2Config", image_size=64),
    "hf_poolformer": from_transformers(
        "PoolFormerForImageClassification", "PoolFormerConfig", hidden_sizes=[16, 32, 48, 64], depths=[1, 1, 1, 1]
    ),
    "hf_segformer": from_transformers(
        "SegformerForImageClassification", "SegformerConfig", hidden_sizes=[16, 32, 48, 64], depths=[1, 1, 1, 1], num_attention_heads=[1, 2, 2, 4]
    ),
    "hf_levit": from_transformers("LevitForImageClassification", "LevitConfig", 224),
    "hf_pvt": from_transformers("PvtForImageClassification", "PvtConfig", image_size=64, hidden_sizes=[16, 32, 80, 64], depths=[1, 1, 1, 1]),
    "hf_convnext": from_transformers(
        "ConvNextForImageClassification", "ConvNextConfig", hidden_sizes=[16, 32, 48, 64], depths=[1, 1, 2, 1]
    ),
    "hf_swinv2": from_transformers(
        "Swinv2ForImageClassification", "Swinv2Config", image_size=64, embed_dim=24, depths=[2, 2], num_heads=[2, 2], window_size=4
    ),
    "hf_focalnet": from_transformers(
        "FocalNetForImageClassification", "FocalNetConfig", image_size=64, embed_dim=16, hidden_sizes=[16, 32], depths=[1, 1], focal_levels=[2, 2], focal_windows=[3, 3]
    ),
    "hf_bit": from_transformers(
        "BitForImageClassification", "BitConfig", embedding_size=32, hidden_sizes=[32, 64], depths=[1, 1], num_groups=8
    ),
    "hf_mobilenet_v1": from_transformers("MobileNetV1ForImageClassification", "MobileNetV1Config", image_size=64, depth_multiplier=0.25),
    "hf_mobilevitv2": from_transformers("MobileViTV2ForImageClassification", "MobileViTV2Config", image_size=64, width_multiplier=0.5),
    "hf_pvt_v2": from_transformers(
        "PvtV2ForImageClassification", "PvtV2Config", image_size=64, hidden_sizes=[16, 32, 80, 64], depths=[1, 1, 1, 1]
    ),
    "hf_data2vec": from_transformers("Data2VecVisionForImageClassification", "Data2VecVisionConfig", **vision),
    "hf_hiera": from_transformers(
        "HieraForImageClassification", "HieraConfig", 224, embed_dim=16, depths=[1, 1, 2, 1], num_heads=[1, 2, 2, 2]
    ),
    "hf_vit_msn": from_transformers("ViTMSNForImageClassification", "ViTMSNConfig", **vision),
    "hf_cvt": from_transformers(
        "CvtForImageClassification", "CvtConfig", embed_dim=[16, 32, 64], num_heads=[1, 2, 2], depth=[1, 1, 2]
    ),
    "hf_efficientnet": from_transformers("EfficientNetForImageClassification", "EfficientNetConfig", image_size=64, width_coefficient=0.5, depth_coefficient=0.5, hidden_dim=640),
    "hf_ijepa": from_transformers("IJepaForImageClassification", "IJepaConfig", **vision),
    "hf_textnet": from_transformers("TextNetForImageClassification", "TextNetConfig"),
    "hf_swiftformer": from_transformers(
        "SwiftFormerForImageClassification", "SwiftFormerConfig", image_size=64, depths=[1, 1, 1, 1], embed_dims=[16, 24, 32, 48]
    ),
}
