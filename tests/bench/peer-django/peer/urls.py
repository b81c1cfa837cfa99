from django.urls import path

from customers.views import CustomerViewSet

urlpatterns = [
    path("api/v1/customers", CustomerViewSet.as_view({"get": "list", "post": "create"})),
    path("api/v1/customers/<uuid:id>", CustomerViewSet.as_view({"get": "retrieve"})),
]
