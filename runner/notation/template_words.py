"""The methods and filters that a template may use; known without loading jinja2."""

METHOD_NAMES = (
    "endswith get items keys lower lstrip rstrip split startswith strip title upper values"
)
FILTER_NAMES = (
    "abs capitalize count default d dictsort first float int items last length list lower map max "
    "min reject rejectattr reverse round select selectattr sort string sum title trim truncate "
    "unique upper wordcount"
)
