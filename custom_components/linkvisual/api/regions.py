"""Regions and endpoints. Source: linkvisual-api.md sections 2 and 20.3."""

from enum import StrEnum

DEFAULT_REGION = "cn-shanghai"

# Regions in which IoT Platform has an endpoint; LinkVisual itself is documented for cn-shanghai.
REGIONS = (
    DEFAULT_REGION,
    "cn-beijing",
    "cn-shenzhen",
    "cn-hangzhou",
    "ap-northeast-1",
    "ap-southeast-1",
    "eu-central-1",
    "us-east-1",
    "us-west-1",
)


class Product(StrEnum):
    """A product of the cloud, as in its host name."""

    IOT = "iot"
    LINKVISUAL = "linkvisual"
    STS = "sts"


# Sources disagree on ap-northeast-1: the endpoint list has a regional host, both SDKs the generic one.
_REGIONAL_LINKVISUAL_HOST = {"cn-shanghai", "cn-hangzhou", "ap-northeast-1"}
_GENERIC_LINKVISUAL_HOST = "linkvisual.aliyuncs.com"


def endpoint(product: Product, region: str) -> str:
    """Return the base URL of a product in a region."""
    if (
        product is Product.LINKVISUAL
        and region in REGIONS
        and region not in _REGIONAL_LINKVISUAL_HOST
    ):
        return f"https://{_GENERIC_LINKVISUAL_HOST}"
    return f"https://{product}.{region}.aliyuncs.com"
